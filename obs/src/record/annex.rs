//! The annex of a component: its series with dynamic labels. Texts become cells here, in a numbering of the annex's own,
//! so that what floods one component takes nothing from another.

use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::closed::Closed;
use super::life::Life;
use super::sync::{Mutex, MutexGuard, lock};

/// How long a label value may be, in bytes: its length fits into one.
pub(crate) const LONGEST_VALUE: usize = 128;

/// How many series a page holds: more means fewer allocations, less means less to copy when a merge looks at a page that
/// is not full yet.
const SERIES_PER_PAGE: usize = 64;

/// The slabs of an annex, as those of a component, and which cells belong to which texts.
pub(crate) struct Annex {
    pub(crate) life: Arc<Life>,
    series: Mutex<Series>,
}

/// What the lock of an annex guards.
#[derive(Default)]
struct Series {
    hasher: RandomState,
    /// One per metric.
    groups: Vec<Group>,
    /// Whether the annex has been folded.
    gone: bool,
}

/// The series of one metric in one component.
struct Group {
    metric: u32,
    cells: u32,
    /// The largest limit of those who have asked.
    most: u32,
    /// What others may know of it, if it is full.
    closed: Option<Arc<Closed>>,
    full: Vec<Arc<Page>>,
    open: Page,
    /// The open page as the last merge saw it, if one has.
    shown: Option<Arc<Page>>,
    /// Series by the hash of their texts.
    index: HashTable<u32>,
}

/// The texts of some series and where their cells begin. A full page never changes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Page {
    texts: Vec<u8>,
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    /// Where the text ends; it begins where the one before it ends.
    end: u32,
    /// Index of the series' first cell in the annex.
    first: u32,
}

/// What a metric says of its series with dynamic labels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// Index of the metric's first cell among those of its scope, by which it is known.
    pub(crate) metric: u32,
    /// How many cells each combination of dynamic labels takes.
    pub(crate) cells: u32,
    /// How many combinations there may be in a component.
    pub(crate) max_series: u32,
    /// How many dynamic labels there are.
    pub(crate) labels: u32,
}

/// The series of one metric in one annex, as a merge saw them.
#[derive(Debug, Clone)]
pub(crate) struct View {
    /// As in [`Plan`].
    pub(crate) metric: u32,
    /// As in [`Plan`].
    pub(crate) cells: u32,
    pages: Vec<Arc<Page>>,
    len: usize,
}

/// Label values as one text: their lengths, a byte each, and the values.
pub(crate) fn join(values: &[&str]) -> Box<[u8]> {
    let lengths = values.iter().map(|value| value.len() as u8);
    let bytes = values.iter().flat_map(|value| value.bytes());
    lengths.chain(bytes).collect()
}

/// A label value that is no longer than others can bear.
pub(crate) fn shorten(value: &str) -> &str {
    &value[..value.floor_char_boundary(LONGEST_VALUE)]
}

/// Whether a joined text is made of these values, to the byte.
#[inline(always)]
pub(crate) fn is_joined<const N: usize>(text: &[u8], values: &[&str; N]) -> bool {
    let Some((lengths, mut rest)) = text.split_at_checked(N) else {
        return false;
    };
    for (value, &length) in values.iter().zip(lengths) {
        let Some((own, beyond)) = rest.split_at_checked(usize::from(length)) else {
            return false;
        };
        if !same(own, value.as_bytes()) {
            return false;
        }
        rest = beyond;
    }
    true
}

/// Whether two texts are the same; up to sixteen bytes without a call.
#[inline(always)]
fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let word = |text: &[u8], at: usize| {
        text[at..]
            .first_chunk()
            .map(|word| u64::from_ne_bytes(*word))
    };
    let half = |text: &[u8], at: usize| {
        text[at..]
            .first_chunk()
            .map(|half| u32::from_ne_bytes(*half))
    };
    match one.len() {
        8..=16 => {
            let last = one.len() - 8;
            word(one, 0) == word(other, 0) && word(one, last) == word(other, last)
        }
        4..=7 => {
            let last = one.len() - 4;
            half(one, 0) == half(other, 0) && half(one, last) == half(other, last)
        }
        0..=3 => one.iter().eq(other),
        _ => one == other,
    }
}

impl Annex {
    pub(super) fn of(life: Arc<Life>) -> Arc<Annex> {
        Arc::new(Annex {
            life,
            series: Mutex::default(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Series> {
        lock(&self.series)
    }

    /// Index of the first cell of the series with this joined text, which it gets if it is new; `None` where the metric
    /// has as many series as it may.
    pub(crate) fn first_cell(&self, plan: Plan, text: &[u8]) -> Option<u32> {
        let mut series = self.lock();
        let Series { hasher, groups, .. } = &mut *series;
        let known = groups.iter().position(|group| group.metric == plan.metric);
        let at = known.unwrap_or_else(|| {
            groups.reserve_exact(1);
            groups.push(Group::of(plan));
            groups.len() - 1
        });
        let group = &mut groups[at];
        group.most = group.most.max(plan.max_series);
        let hash = hasher.hash_one(text);
        if let Some(first) = group.find(hash, text) {
            return Some(first);
        }
        if group.len() >= plan.max_series as usize {
            return None;
        }
        if let Some(closed) = group.closed.take() {
            closed.outdate();
        }
        let first = self.life.assign_own(plan.cells);
        group.add(hash, text, first, |text| hasher.hash_one(text));
        Some(first)
    }

    /// All series of a metric, if none of its definitions has room for more.
    pub(crate) fn closed(&self, plan: Plan) -> Option<Arc<Closed>> {
        let mut series = self.lock();
        let Series { groups, gone, .. } = &mut *series;
        let mut groups = groups.iter_mut();
        let group = groups.find(|group| group.metric == plan.metric)?;
        if *gone || group.len() < group.most as usize {
            return None;
        }
        if group.closed.is_none() {
            group.closed = Some(Closed::of(group.view(), plan.labels as usize));
        }
        group.closed.clone()
    }

    /// Tells all who know of closed metrics to forget them: the annex has been folded.
    pub(super) fn end(&self) {
        let mut series = self.lock();
        series.gone = true;
        let closed = series.groups.iter_mut();
        let closed = closed.filter_map(|group| group.closed.take());
        closed.for_each(|closed| closed.outdate());
    }

    /// For each cell, the one of its metric that totals are kept in.
    pub(super) fn totals(&self) -> Vec<Option<u32>> {
        let mut totals = vec![None; self.life.own_cells().unwrap_or(0) as usize];
        for group in &self.lock().groups {
            let pages = group.full.iter().map(|page| &**page).chain([&group.open]);
            for entry in pages.flat_map(|page| &page.entries) {
                let cells = totals.iter_mut().skip(entry.first as usize);
                for (total, offset) in cells.zip(0..group.cells) {
                    *total = Some(group.metric + offset);
                }
            }
        }
        totals
    }

    /// What there is now.
    pub(crate) fn view(&self) -> Vec<View> {
        self.lock().groups.iter_mut().map(Group::view).collect()
    }
}

impl Group {
    fn of(plan: Plan) -> Group {
        Group {
            metric: plan.metric,
            cells: plan.cells,
            most: 0,
            closed: None,
            full: Vec::new(),
            open: Page::default(),
            shown: None,
            index: HashTable::new(),
        }
    }

    fn len(&self) -> usize {
        self.full.len() * SERIES_PER_PAGE + self.open.entries.len()
    }

    fn find(&self, hash: u64, text: &[u8]) -> Option<u32> {
        let (full, open) = (&self.full, &self.open);
        let series = *self.index.find(hash, |&series| {
            page_of(full, open, series).text(series) == text
        })?;
        Some(page_of(full, open, series).entry(series).first)
    }

    fn add(&mut self, hash: u64, text: &[u8], first: u32, rehash: impl Fn(&[u8]) -> u64) {
        let series = self.len() as u32;
        self.open.push(text, first);
        if self.open.entries.len() == SERIES_PER_PAGE {
            let mut page = std::mem::take(&mut self.open);
            page.texts.shrink_to_fit();
            self.full.push(Arc::new(page));
        }
        let (full, open) = (&self.full, &self.open);
        self.index.insert_unique(hash, series, |&series| {
            rehash(page_of(full, open, series).text(series))
        });
    }

    fn view(&mut self) -> View {
        let mut pages = self.full.clone();
        if !self.open.entries.is_empty() {
            let is_same = |shown: &Arc<Page>| shown.is_as_long_as(&self.open);
            let shown = self.shown.take().filter(is_same);
            let shown = shown.unwrap_or_else(|| Arc::new(self.open.clone()));
            pages.push(shown.clone());
            self.shown = Some(shown);
        }
        View {
            metric: self.metric,
            cells: self.cells,
            len: self.len(),
            pages,
        }
    }
}

fn page_of<'a>(full: &'a [Arc<Page>], open: &'a Page, series: u32) -> &'a Page {
    full.get(series as usize / SERIES_PER_PAGE)
        .map_or(open, |page| page)
}

impl Page {
    fn push(&mut self, text: &[u8], first: u32) {
        let len = self.entries.len();
        if len == self.entries.capacity() {
            // Up to a page exactly, in doubles: most components have few series of most metrics.
            let more = len.max(1).min(SERIES_PER_PAGE - len);
            self.entries.reserve_exact(more);
        }
        self.texts.extend_from_slice(text);
        self.entries.push(Entry {
            end: self.texts.len() as u32,
            first,
        });
    }

    /// Whether it is the same page, and has as many series: cells are assigned once.
    fn is_as_long_as(&self, other: &Page) -> bool {
        let first = |page: &Page| page.entries.first().map(|entry| entry.first);
        self.entries.len() == other.entries.len() && first(self) == first(other)
    }

    fn entry(&self, series: u32) -> Entry {
        self.entries[series as usize % SERIES_PER_PAGE]
    }

    fn text(&self, series: u32) -> &[u8] {
        let at = series as usize % SERIES_PER_PAGE;
        let start = at
            .checked_sub(1)
            .map_or(0, |before| self.entries[before].end);
        &self.texts[start as usize..self.entries[at].end as usize]
    }
}

impl View {
    /// Series with these joined texts, whose cells lie one after the other.
    pub(crate) fn of<'a>(metric: u32, cells: u32, texts: impl Iterator<Item = &'a [u8]>) -> View {
        let mut pages = vec![Page::default()];
        let mut len = 0;
        for text in texts {
            if len > 0 && len % SERIES_PER_PAGE == 0 {
                pages.push(Page::default());
            }
            if let Some(page) = pages.last_mut() {
                page.push(text, len as u32 * cells);
            }
            len += 1;
        }
        View {
            metric,
            cells,
            pages: pages.into_iter().map(Arc::new).collect(),
            len,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Index of the first cell of a series.
    pub(crate) fn first_cell(&self, series: usize) -> u32 {
        self.page(series).entry(series as u32).first
    }

    /// The label values of a series, joined.
    pub(crate) fn text(&self, series: usize) -> &[u8] {
        self.page(series).text(series as u32)
    }

    /// One of the label values of a series.
    pub(crate) fn value(&self, series: usize, label: usize, labels: usize) -> &str {
        let text = self.text(series);
        let before: usize = text[..label]
            .iter()
            .map(|&length| usize::from(length))
            .sum();
        let start = labels + before;
        let value = &text[start..start + usize::from(text[label])];
        // They were joined of texts.
        std::str::from_utf8(value).unwrap_or_default()
    }

    fn page(&self, series: usize) -> &Page {
        &self.pages[series / SERIES_PER_PAGE]
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::super::life::Space;
    use super::*;

    const PLAN: Plan = Plan {
        metric: 7,
        cells: 3,
        max_series: 1_000,
        labels: 1,
    };

    fn annex() -> Arc<Annex> {
        Annex::of(Life::of_annex(1, Space::Component))
    }

    #[test]
    fn a_series_is_found_by_its_very_text() {
        let annex = annex();
        let first = |values: &[&str]| annex.first_cell(PLAN, &join(values));
        assert_eq!(first(&["ab", "c"]), Some(0));
        assert_eq!(first(&["a", "bc"]), Some(3));
        assert_eq!(first(&["ab", "c"]), Some(0));
        assert_eq!(first(&["", "abc"]), Some(6));
    }

    #[test]
    fn every_series_is_seen_with_its_values_however_many_pages_there_are() {
        let annex = annex();
        let mut views = Vec::new();
        for n in 0..300 {
            let text = join(&[&format!("{n}"), "é"]);
            assert_eq!(annex.first_cell(PLAN, &text), Some(n * 3));
            if n % 50 == 0 {
                views.push((n as usize + 1, annex.view()));
            }
        }
        for (len, view) in views {
            assert_eq!((view[0].len(), view[0].metric), (len, 7));
            for series in 0..len {
                assert_eq!(view[0].value(series, 0, 2), format!("{series}"));
                assert_eq!(view[0].value(series, 1, 2), "é");
                assert_eq!(view[0].first_cell(series), series as u32 * 3);
            }
        }
    }

    #[test]
    fn there_are_as_many_series_as_allowed_and_no_more() {
        let annex = annex();
        let plan = Plan {
            max_series: 2,
            ..PLAN
        };
        let first = |plan, value: &str| annex.first_cell(plan, &join(&[value]));
        assert_eq!(
            [first(plan, "a"), first(plan, "b"), first(plan, "c")],
            [Some(0), Some(3), None]
        );
        assert_eq!(first(plan, "b"), Some(3));
        let other = Plan { metric: 8, ..plan };
        assert_eq!(first(other, "c"), Some(6), "the limit is each metric's own");
    }

    #[test]
    fn what_is_closed_lacks_all_but_its_series_until_there_are_more() {
        let annex = annex();
        let small = Plan {
            max_series: 2,
            labels: 2,
            ..PLAN
        };
        let large = Plan {
            max_series: 3,
            ..small
        };
        let first = |plan, values: [&str; 2]| annex.first_cell(plan, &join(&values));
        assert!(annex.closed(small).is_none(), "nobody has asked");
        assert!(first(small, ["ab", "c"]).is_some());
        assert!(annex.closed(small).is_none(), "there is room");
        assert!(first(small, ["d", ""]).is_some());
        let closed = annex.closed(small).expect("there is no room");
        assert!(!closed.lacks(&["ab", "c"]) && !closed.lacks(&["d", ""]));
        assert!(closed.lacks(&["a", "bc"]) && closed.lacks(&["", "d"]));

        assert!(first(large, ["e", "f"]).is_some());
        assert!(closed.is_outdated());
        assert!(!closed.lacks(&["e", "f"]) && !closed.lacks(&["a", "bc"]));
        let closed = annex.closed(small).expect("there is no room in either");
        assert!(!closed.lacks(&["e", "f"]) && closed.lacks(&["a", "bc"]));

        let other = annex.closed(small).expect("there is none");
        assert!(Arc::ptr_eq(&closed, &other), "it is made once");
        annex.end();
        assert!(closed.is_outdated() && annex.closed(small).is_none());
    }

    #[test]
    fn texts_of_every_length_differ_in_every_byte() {
        for len in 0..40 {
            let text: Vec<u8> = (0..len).collect();
            assert!(same(&text, &text.clone()), "{len}");
            for at in 0..text.len() {
                let mut other = text.clone();
                other[at] ^= 1;
                assert!(!same(&text, &other), "{len} at {at}");
            }
            let longer = [&text[..], &[0]].concat();
            assert!(!same(&text, &longer));
        }
    }

    #[test]
    fn joined_texts_are_compared_to_the_byte() {
        let text = join(&["ab", "c"]);
        assert!(is_joined(&text, &["ab", "c"]));
        for other in [
            ["a", "bc"],
            ["ab", "d"],
            ["ab", "cd"],
            ["", ""],
            ["abc", ""],
        ] {
            assert!(!is_joined(&text, &other), "{other:?}");
        }
        assert!(!is_joined(&text, &["ab"]));
        assert!(is_joined(&join(&[]), &[]));
    }
}
