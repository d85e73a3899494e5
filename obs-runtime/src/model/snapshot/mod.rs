//! A snapshot: everything that had been recorded when a merge began, unchanging from then on.

/// The lives in a snapshot.
mod life;
/// Series that are walked over together.
mod row;
/// What is worked out of several snapshots.
mod summaries;

pub(crate) use row::Row;
pub(crate) use summaries::SeriesKey;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use obs::catalogue::Scope;
use obs::collector::Merge;
use obs::collector::spans::Owner;

use super::exemplars::Exemplars;
use super::family::{Families, Family, Member};
use super::series::{Series, Value};
use life::{Known, Life, hide_former_lives};

/// What a process had recorded at one moment: families, each with its series.
#[derive(Debug)]
pub struct Snapshot {
    time: SystemTime,
    families: Arc<Families>,
    lives: Vec<Life>,
    /// The cells of all lives, one over the other: 0 where none has recorded anything, so that a metric that nobody has touched
    /// is not looked for in thousands of components.
    touched: Vec<u64>,
    /// Cells of the metrics of scope process; a life without a name, so that both scopes are walked alike.
    process: Life,
    /// The totals of components that are gone, as a life without a name.
    departed: Life,
}

/// A position in the walk over a snapshot's exported series.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cursor {
    family: usize,
    member: usize,
    life: usize,
    row: usize,
    series: usize,
    /// Whether untouched series of this row are shown as 0.
    zeros: bool,
}

impl Cursor {
    /// The position before the first series of a family.
    pub(crate) fn before(family: usize) -> Cursor {
        Cursor {
            family,
            ..Cursor::default()
        }
    }

    /// The family of the row or of the series that was last returned.
    pub(crate) fn family(&self) -> usize {
        self.family
    }

    /// Returns the next exported series of the row it is at and moves past it; moves to the next row where there is none.
    #[inline]
    pub(crate) fn step<'a>(&mut self, row: &Row<'a>) -> Option<(usize, Value<'a>)> {
        while self.series < row.len() {
            let index = self.series;
            self.series += 1;
            match row.value(index) {
                Some(value) => return Some((index, value)),
                None if self.zeros => return Some((index, Value::zero(row.family()))),
                None => {}
            }
        }
        (self.row, self.series) = (self.row + 1, 0);
        None
    }
}

impl Snapshot {
    /// Makes a snapshot of a merge. Text of lives that `previous` knew is taken over from it.
    pub(crate) fn new(
        time: SystemTime,
        families: Arc<Families>,
        merge: Merge,
        previous: Option<&Snapshot>,
    ) -> Snapshot {
        let known = Known::new(previous.map_or(&[], |snapshot| &snapshot.lives));
        let lives = merge.lives.into_iter().enumerate();
        let mut lives: Vec<Life> = lives
            .map(|(place, life)| {
                let component = life.name.as_ref().map(|_| life.component);
                let before = component.and_then(|component| known.find(place, component));
                Life::new(life, time, before)
            })
            .collect();
        hide_former_lives(&mut lives);
        Snapshot {
            time,
            families,
            touched: united(&lives),
            lives,
            process: Life::of_process(merge.process, merge.process_dynamic),
            departed: Life::of_process(merge.departed, Vec::new()),
        }
    }

    /// Adds which traces observations were made in, and forgets those of components that are gone.
    pub(crate) fn with_exemplars(mut self, exemplars: &Exemplars) -> Snapshot {
        if exemplars.is_empty() {
            return self;
        }
        let mut there = HashSet::new();
        for life in &mut self.lives {
            let owner = life.component.map_or(Owner::Outside, Owner::Component);
            there.insert(owner);
            life.exemplars = exemplars.of(owner);
        }
        self.process.exemplars = exemplars.of(Owner::Process);
        exemplars.retain(|owner| owner == Owner::Process || there.contains(&owner));
        self
    }

    /// Leaves out of the exposition what has been retired for so long, also where a thread still holds its slabs.
    pub(crate) fn without_retired_for(mut self, linger: Duration) -> Snapshot {
        for life in &mut self.lives {
            let since = life
                .retired
                .map(|retired| self.time.duration_since(retired));
            if since.is_some_and(|since| since.is_ok_and(|since| since >= linger)) {
                life.exported = false;
            }
        }
        self
    }

    /// Returns a snapshot without a single family: what there is before the first merge.
    pub(crate) fn empty(time: SystemTime) -> Snapshot {
        Snapshot {
            time,
            families: Arc::default(),
            lives: Vec::new(),
            touched: Vec::new(),
            process: Life::of_process(Vec::new(), Vec::new()),
            departed: Life::of_process(Vec::new(), Vec::new()),
        }
    }

    /// Returns when the merge began.
    pub fn time(&self) -> SystemTime {
        self.time
    }

    /// Returns the families that are known, with or without series, sorted by name.
    pub fn families(&self) -> impl Iterator<Item = &Family> {
        self.families.0.iter()
    }

    /// Returns the exported series, family by family in the order of their names.
    pub fn series(&self) -> impl Iterator<Item = Series<'_>> {
        let mut cursor = Cursor::default();
        std::iter::from_fn(move || self.next(&mut cursor))
    }

    /// Returns how many series are exported. It looks at one life after the other, whose cells lie together, and not at one
    /// family after the other as the walk does.
    pub(crate) fn series_count(&self) -> usize {
        let scopes = [
            (Scope::Component, &self.lives[..]),
            (Scope::Process, std::slice::from_ref(&self.process)),
        ];
        let shown = scopes.into_iter().map(|(scope, lives)| {
            let members: Vec<_> = self
                .members()
                .filter(|(_, member)| member.scope() == scope && !self.is_bare(member))
                .collect();
            let lives = lives.iter().filter(|life| life.exported);
            let rows = lives.flat_map(|life| {
                members
                    .iter()
                    .flat_map(move |(family, member)| Row::all(family, member, life))
            });
            rows.map(|row| row.count_shown()).sum::<usize>()
        });
        shown.sum()
    }

    /// Returns the exported series of one family.
    pub fn series_of(&self, name: &str) -> impl Iterator<Item = Series<'_>> {
        let family = self
            .family(name)
            .map_or(self.families.0.len(), |(at, _)| at);
        let mut cursor = Cursor::before(family);
        std::iter::from_fn(move || self.next(&mut cursor))
            .take_while(move |series| series.family().name() == name)
    }

    /// Returns the family of that name, with its place among all.
    pub(crate) fn family(&self, name: &str) -> Option<(usize, &Family)> {
        let families = &self.families.0;
        let place = families.binary_search_by(|family| family.name().cmp(name));
        place.ok().map(|at| (at, &families[at]))
    }

    /// Returns the family in that place, which a cursor or [`family`](Snapshot::family) has told.
    pub(crate) fn family_at(&self, place: usize) -> &Family {
        &self.families.0[place]
    }

    /// Returns the series that were touched, whether they are exported or not.
    pub(crate) fn touched(&self) -> impl Iterator<Item = Series<'_>> {
        self.members().flat_map(|(family, member)| {
            let lives = self.lives_of(member).iter();
            let rows = lives.flat_map(move |life| Row::all(family, member, life));
            rows.flat_map(Row::touched)
        })
    }

    /// Returns the total of a counter over all components that ever were, also those that have left the exposition.
    ///
    /// Series are taken that have all of `labels`. A duration counts in nanoseconds. `None`: no counter has the name.
    pub fn total(&self, name: &str, labels: &[(&str, &str)]) -> Option<u64> {
        let family = self.families().find(|family| family.name() == name)?;
        let mut total = None;
        for member in &family.members {
            let departed = (member.scope() == Scope::Component).then_some(&self.departed);
            for life in self.lives_of(member).iter().chain(departed) {
                for series in Row::all(family, member, life).flat_map(Row::whole) {
                    add_counted(&mut total, &series, labels)?;
                }
            }
        }
        total
    }

    /// Returns how many components have the state.
    pub(crate) fn components(&self, retired: bool) -> usize {
        let named = self.lives.iter().filter(|life| life.name.is_some());
        named
            .filter(|life| life.retired.is_some() == retired)
            .count()
    }

    /// Returns the next exported series and moves past it.
    pub(crate) fn next(&self, cursor: &mut Cursor) -> Option<Series<'_>> {
        loop {
            let row = self.row(cursor)?;
            if let Some((index, value)) = cursor.step(&row) {
                return Some(row.series(index, value));
            }
        }
    }

    /// Returns the row that the cursor is at, or moves it to the next that may have exported series.
    pub(crate) fn row(&self, cursor: &mut Cursor) -> Option<Row<'_>> {
        loop {
            let family = self.families.0.get(cursor.family)?;
            let Some(member) = family.members.get(cursor.member) else {
                *cursor = Cursor::before(cursor.family + 1);
                continue;
            };
            let begins = cursor.life == 0 && cursor.row == 0 && cursor.series == 0;
            let life = self.lives_of(member).get(cursor.life);
            let Some(life) = life.filter(|_| !(begins && self.is_bare(member))) else {
                *cursor = Cursor {
                    member: cursor.member + 1,
                    ..Cursor::before(cursor.family)
                };
                continue;
            };
            let row = Row::of(family, member, life, cursor.row).filter(|_| life.exported);
            let Some(row) = row else {
                (cursor.life, cursor.row) = (cursor.life + 1, 0);
                continue;
            };
            if cursor.series > 0 {
                return Some(row);
            }
            cursor.zeros = row.shows_zeros();
            if cursor.zeros || !row.is_blank() {
                return Some(row);
            }
            cursor.row += 1;
        }
    }

    /// Whether it has no series in any life, which is told without looking at them.
    fn is_bare(&self, member: &Member) -> bool {
        member.scope() == Scope::Component
            && !member.is_dynamic()
            && !member.shows_zero()
            && member.is_blank_in(&self.touched)
    }

    /// Every metric of every family.
    fn members(&self) -> impl Iterator<Item = (&Family, &Member)> {
        self.families.0.iter().flat_map(|family| {
            let members = family.members.iter();
            members.map(move |member| (family, member))
        })
    }

    fn lives_of(&self, member: &Member) -> &[Life] {
        match member.scope() {
            Scope::Component => &self.lives,
            Scope::Process => std::slice::from_ref(&self.process),
        }
    }
}

/// The cells of lives, one over the other.
fn united(lives: &[Life]) -> Vec<u64> {
    let longest = lives.iter().map(|life| life.cells.len()).max();
    let mut all = vec![0; longest.unwrap_or(0)];
    for life in lives {
        for (all, cell) in all.iter_mut().zip(&life.cells) {
            *all |= cell;
        }
    }
    all
}

/// Adds what a counter's series counted, if it has the labels; `None`: it is no counter.
fn add_counted(
    total: &mut Option<u64>,
    series: &Series<'_>,
    labels: &[(&str, &str)],
) -> Option<()> {
    let (Value::Counter(count) | Value::Nanoseconds(count)) = series.value() else {
        return None;
    };
    if series.has_labels(labels) {
        *total = Some(total.unwrap_or(0) + count);
    }
    Some(())
}

#[cfg(test)]
mod tests;
