//! A snapshot: everything that had been recorded when a merge began, unchanging from then on.

/// The lives in a snapshot.
mod life;
/// What is worked out of several snapshots.
mod summaries;

pub(crate) use summaries::SeriesKey;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use obs::catalogue::{Kind, Scope};
use obs::collector::{DynamicSeries, Merge, Reading};

use super::distribution::{Exponential, Histogram, Summary};
use super::family::{Families, Family, Member};
use super::series::{Combination, Series, Value};
use life::{Known, Life, hide_former_lives};

/// What a process had recorded at one moment: families, each with its series.
#[derive(Debug)]
pub struct Snapshot {
    time: SystemTime,
    families: Arc<Families>,
    lives: Vec<Life>,
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
    series: usize,
    /// Whether untouched series of this metric in this life are shown as 0.
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

    /// The family of the series that was last moved past.
    pub(crate) fn family(&self) -> usize {
        self.family
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
            lives,
            process: Life::of_process(merge.process, merge.process_dynamic),
            departed: Life::of_process(merge.departed, Vec::new()),
        }
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

    /// Returns how many series are exported, without walking over those of counters.
    pub(crate) fn series_count(&self) -> usize {
        let members = self.families.0.iter().flat_map(|family| {
            let members = family.members.iter();
            members.map(move |member| (family, member))
        });
        let counts = members.map(|(family, member)| {
            let lives = self.lives_of(member).iter().filter(|life| life.exported);
            let shown = lives.map(|life| count_shown(family, member, life));
            shown.sum::<usize>()
        });
        counts.sum()
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
        let members = self.families.0.iter().flat_map(|family| {
            let members = family.members.iter();
            members.map(move |member| (family, member))
        });
        members.flat_map(|(family, member)| {
            self.lives_of(member).iter().flat_map(move |life| {
                let series = 0..series_count(member, life);
                series.filter_map(move |series| read(family, member, life, series))
            })
        })
    }

    /// Returns the total of a counter over all components that ever were, also those that have left the exposition.
    ///
    /// Series are taken that have all of `labels`. A duration counts in nanoseconds. `None`: no counter has the name.
    pub fn total(&self, name: &str, labels: &[(&str, &str)]) -> Option<u64> {
        let family = self.families().find(|family| family.name() == name)?;
        let mut total = None;
        for member in &family.members {
            for life in self.lives_of(member) {
                for series in 0..series_count(member, life) {
                    let series = place(family, member, life, series);
                    add_counted(&mut total, &series, labels)?;
                }
            }
            if member.scope() == Scope::Component {
                for index in 0..member.series_count {
                    let series = place(family, member, &self.departed, index);
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
            let family = self.families.0.get(cursor.family)?;
            let Some(member) = family.members.get(cursor.member) else {
                *cursor = Cursor {
                    family: cursor.family + 1,
                    ..Cursor::default()
                };
                continue;
            };
            let Some(life) = self.lives_of(member).get(cursor.life) else {
                *cursor = Cursor {
                    life: 0,
                    series: 0,
                    member: cursor.member + 1,
                    ..*cursor
                };
                continue;
            };
            if !life.exported || cursor.series == series_count(member, life) {
                *cursor = Cursor {
                    series: 0,
                    life: cursor.life + 1,
                    ..*cursor
                };
                continue;
            }
            if cursor.series.is_multiple_of(member.series_count) {
                cursor.zeros = shows_zeros(family, member, life, cursor.series);
            }
            let series = cursor.series;
            cursor.series += 1;
            let shown = read(family, member, life, series);
            if shown.is_some() {
                return shown;
            }
            if cursor.zeros {
                return Some(place(family, member, life, series));
            }
        }
    }

    fn lives_of(&self, member: &Member) -> &[Life] {
        match member.scope() {
            Scope::Component => &self.lives,
            Scope::Process => std::slice::from_ref(&self.process),
        }
    }
}

/// Whether untouched series of a metric are shown as 0 in a life: where the metric says so, from the registration of the
/// component on; and where another series of the metric is there already, so that the first failure, say, is seen as one.
/// Each combination of dynamic labels is looked at by itself; `first` is its first series.
fn shows_zeros(family: &Family, member: &Member, life: &Life, first: usize) -> bool {
    // Outside any component there is no registration.
    let from_the_start = member.scope() == Scope::Process || life.name.is_some();
    if member.shows_zero() && from_the_start {
        return true;
    }
    let touched = |series| place(family, member, life, series).reading() != Reading::Untouched;
    member.completes_series() && (first..first + member.series_count).any(touched)
}

/// How many series of a metric are shown in a life.
fn count_shown(family: &Family, member: &Member, life: &Life) -> usize {
    let first = member.metric.first_cell as usize;
    let count = series_count(member, life);
    if member.is_plain_counter()
        && let Some(cells) = life.cells.get(first..first + count)
        && !shows_zeros(family, member, life, 0)
    {
        return cells.iter().filter(|cell| **cell > 0).count();
    }
    let rows = (0..count).step_by(member.series_count);
    let shown = rows.map(|row| {
        if shows_zeros(family, member, life, row) {
            return member.series_count;
        }
        let touched = |series: &usize| read(family, member, life, *series).is_some();
        (row..row + member.series_count).filter(touched).count()
    });
    shown.sum()
}

/// How many series a metric may have in a life: for what has no combination of dynamic labels, and then for each of these, as
/// many as its enum labels make. So a series keeps its number.
fn series_count(member: &Member, life: &Life) -> usize {
    if !member.is_dynamic() {
        return member.series_count;
    }
    let dynamic = DynamicSeries::of(&member.metric, &life.dynamic);
    let combinations = dynamic.map_or(0, DynamicSeries::count);
    (combinations + 1) * member.series_count
}

/// A series that was touched.
fn read<'a>(
    family: &'a Family,
    member: &'a Member,
    life: &'a Life,
    series: usize,
) -> Option<Series<'a>> {
    let shown = place(family, member, life, series);
    let value = match shown.reading() {
        Reading::Untouched => return None,
        Reading::Counter(count) => Value::Counter(count),
        Reading::CounterNanoseconds(nanoseconds) => Value::Nanoseconds(nanoseconds),
        Reading::Gauge(value) => Value::Gauge(value),
        Reading::Histogram { buckets, sum } => {
            let bounds = &family.bounds.values;
            Value::Histogram(Histogram {
                bounds,
                buckets,
                sum,
            })
        }
        Reading::Exponential {
            zero,
            buckets,
            overflow,
            sum,
        } => {
            let counts = (zero, buckets, overflow);
            let histogram =
                Exponential::new(family.exponential()?, &family.bounds.values, counts, sum);
            if family.kind() == Kind::Summary {
                let place = (member.metric.first_cell, series);
                let quantiles = life.quantiles.get(&place);
                Value::Summary(Summary {
                    quantiles: quantiles.unwrap_or(&family.bounds.unknown),
                    sum,
                    count: histogram.count(),
                })
            } else {
                Value::Exponential(histogram)
            }
        }
    };
    Some(Series { value, ..shown })
}

/// A series as if nobody had touched it.
fn place<'a>(family: &'a Family, member: &'a Member, life: &'a Life, series: usize) -> Series<'a> {
    let (index, dynamic) = match member.is_dynamic() {
        false => (series, Combination::Rest),
        true => combination(member, life, series),
    };
    Series {
        family,
        member,
        index,
        cells: &life.cells,
        dynamic,
        component: life.name.as_deref(),
        component_text: &life.text,
        value: Value::zero(family),
    }
}

/// A series of a metric with dynamic labels, by its number: which one among those of its combination, and which
/// combination that is.
fn combination<'a>(member: &Member, life: &'a Life, series: usize) -> (usize, Combination<'a>) {
    let (row, index) = (series / member.series_count, series % member.series_count);
    let dynamic = DynamicSeries::of(&member.metric, &life.dynamic);
    let combination = match (row.checked_sub(1), dynamic) {
        (Some(combination), Some(dynamic)) => Combination::Of(dynamic, combination),
        _ => Combination::Rest,
    };
    (index, combination)
}

/// Adds what a counter's series counted, if it has the labels; `None`: it is no counter.
fn add_counted(
    total: &mut Option<u64>,
    series: &Series<'_>,
    labels: &[(&str, &str)],
) -> Option<()> {
    let count = match series.reading() {
        Reading::Counter(count) | Reading::CounterNanoseconds(count) => count,
        Reading::Untouched => 0,
        _ => return None,
    };
    if series.has_labels(labels) {
        *total = Some(total.unwrap_or(0) + count);
    }
    Some(())
}

#[cfg(test)]
mod tests;
