//! Ratios, rates, ages and peaks of a component host, computed of merged cells and written into them: off the hot path, and
//! only where the host's metrics are linked.

/// What is computed of what.
mod rules;
/// What was a window ago.
mod window;

use std::collections::HashMap;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use obs::Component;
use obs::catalogue::{Kind, Scope};
use obs::collector::{DynamicSeries, Merge, Metric, Reading};

use rules::{How, RULES, Rule, Target, Term};
use window::Window;

/// Where the standard metrics of a host are defined. A metric of the same name elsewhere is another one.
const MODULE: &str = "obs::host::";

/// Computes what follows from a merge and from those before it.
#[derive(Debug, Default)]
pub(crate) struct Derived {
    bound: Vec<Bound>,
    /// By life and rule. The process has no component.
    memories: HashMap<Option<Component>, Memories>,
}

/// What the rules remember of a life, by their place in the table.
type Memories = HashMap<usize, Memory>;

/// What a rule remembers of a life.
#[derive(Debug, Default)]
struct Memory {
    window: Window,
    /// For each series, its last count and when that was first seen.
    stamps: Vec<(f64, f64)>,
}

/// A rule whose metrics are all there.
#[derive(Debug)]
struct Bound {
    /// Which rule it is.
    rule: usize,
    into: Metric,
    series: usize,
    first: Vec<Series>,
    second: Vec<Series>,
}

/// Series of one metric.
#[derive(Debug)]
struct Series {
    metric: Metric,
    places: Vec<usize>,
}

/// When a merge is, by both clocks.
#[derive(Debug, Clone, Copy)]
struct Now {
    unix_seconds: f64,
    instant: Instant,
}

impl Derived {
    /// Looks up the metrics of the rules. What the rules remember stays.
    pub(crate) fn bind(&mut self, metrics: &[Metric]) {
        let of_host = |metric: &&Metric| metric.definition.module.starts_with(MODULE);
        let metrics: Vec<Metric> = metrics.iter().filter(of_host).copied().collect();
        let rules = RULES.iter().enumerate();
        self.bound = rules
            .filter_map(|(place, rule)| Bound::new(place, rule, &metrics))
            .collect();
    }

    /// Writes what follows into the merge.
    pub(crate) fn apply(&mut self, merge: &mut Merge, time: SystemTime, instant: Instant) {
        if self.bound.is_empty() {
            return;
        }
        let now = Now {
            unix_seconds: time
                .duration_since(UNIX_EPOCH)
                .unwrap_or(Duration::ZERO)
                .as_secs_f64(),
            instant,
        };
        let lives = &merge.lives;
        self.memories
            .retain(|of, _| of.is_none_or(|of| lives.iter().any(|life| life.component == of)));
        for life in &mut merge.lives {
            let memories = self.memories.entry(Some(life.component)).or_default();
            for bound in of_scope(&self.bound, Scope::Component) {
                bound.apply(&mut life.cells, &life.dynamic, memories, now);
            }
        }
        self.apply_to_process(merge, now);
    }

    fn apply_to_process(&mut self, merge: &mut Merge, now: Now) {
        let mut memories = self.memories.remove(&None).unwrap_or_default();
        for bound in of_scope(&self.bound, Scope::Process) {
            if let How::Total(_) = bound.how() {
                let live = merge.lives.iter().filter(|life| !life.retired);
                let total = live.filter_map(|life| sum(&bound.first, &life.cells, &life.dynamic));
                if let Some(total) = total.reduce(|total, next| total + next) {
                    bound.into.set(&mut merge.process, bound.series, total);
                }
            } else {
                bound.apply(
                    &mut merge.process,
                    &merge.process_dynamic,
                    &mut memories,
                    now,
                );
            }
        }
        self.memories.insert(None, memories);
    }
}

fn of_scope(bound: &[Bound], scope: Scope) -> impl Iterator<Item = &Bound> {
    let fits = move |bound: &&Bound| bound.into.definition.scope == scope;
    bound.iter().filter(fits)
}

impl Bound {
    fn new(place: usize, rule: &Rule, metrics: &[Metric]) -> Option<Bound> {
        let (first, second) = match rule.how {
            How::Share(first, second)
            | How::Balance(first, second)
            | How::ShareOfGrowth(first, second, _) => {
                (series(first, metrics)?, series(second, metrics)?)
            }
            How::Rate(terms, _) | How::Peak(terms, _) | How::Age(terms) | How::Total(terms) => {
                (series(terms, metrics)?, Vec::new())
            }
            How::Stamp(name) => (
                vec![Series {
                    metric: find(name, metrics)?,
                    places: Vec::new(),
                }],
                Vec::new(),
            ),
        };
        let Target { name, label } = rule.into;
        let into = find(name, metrics).filter(|into| into.definition.kind == Kind::Gauge)?;
        let series = places(&into, label, false).first().copied()?;
        Some(Bound {
            rule: place,
            into,
            series,
            first,
            second,
        })
    }

    fn how(&self) -> &'static How {
        &RULES[self.rule].how
    }

    fn window<'a>(&self, memories: &'a mut Memories) -> &'a mut Window {
        &mut memories.entry(self.rule).or_default().window
    }

    /// Sets the gauge in the cells of one life, if anybody has touched what it follows from.
    fn apply(
        &self,
        cells: &mut Vec<u64>,
        dynamic: &[DynamicSeries],
        memories: &mut Memories,
        now: Now,
    ) {
        if let How::Stamp(_) = self.how() {
            return self.stamp(cells, dynamic, memories.entry(self.rule).or_default(), now);
        }
        let Some(first) = sum(&self.first, cells, dynamic) else {
            // A share of nothing is a share: nobody has touched the first, but the second is there.
            if matches!(self.how(), How::Share(..))
                && sum(&self.second, cells, dynamic).is_some_and(|second| second > 0.0)
            {
                self.into.set(cells, self.series, 0.0);
            }
            return;
        };
        let second = sum(&self.second, cells, dynamic);
        let value = match *self.how() {
            How::Share(..) => second
                .filter(|second| *second > 0.0)
                .map(|second| first / second),
            How::Balance(..) => (self.into.read(cells, self.series) == Reading::Untouched)
                .then(|| (first - second.unwrap_or(0.0)).max(0.0)),
            How::ShareOfGrowth(_, _, length) => Some(share_of_growth(
                self.window(memories),
                now.instant,
                [first, second.unwrap_or(0.0)],
                length,
            )),
            How::Rate(_, length) => self
                .window(memories)
                .growth(now.instant, [first, 0.0], length)
                .filter(|(_, over)| !over.is_zero())
                .map(|([grown, _], over)| grown / over.as_secs_f64()),
            How::Peak(_, length) => Some(self.window(memories).peak(now.instant, first, length)),
            How::Age(_) => Some((now.unix_seconds - first).max(0.0)),
            How::Stamp(_) | How::Total(_) => None,
        };
        if let Some(value) = value {
            self.into.set(cells, self.series, value);
        }
    }

    /// Sets, for each series that has ever grown, when it last did: to one for all where the gauge has no labels.
    fn stamp(
        &self,
        cells: &mut Vec<u64>,
        dynamic: &[DynamicSeries],
        memory: &mut Memory,
        now: Now,
    ) {
        let of = &self.first[0].metric;
        let count = |place| read(of, place, cells, dynamic).sum::<f64>();
        let counts: Vec<f64> = if self.into.series_count() == 1 {
            vec![(0..of.series_count()).map(count).sum()]
        } else {
            let places = 0..of.series_count().min(self.into.series_count());
            places.map(count).collect()
        };
        memory.stamps.resize(counts.len(), (0.0, 0.0));
        for (place, (count, stamp)) in counts.into_iter().zip(&mut memory.stamps).enumerate() {
            if count > stamp.0 {
                *stamp = (count, now.unix_seconds);
            }
            if stamp.0 > 0.0 {
                self.into.set(cells, place, stamp.1);
            }
        }
    }
}

/// What the first grew by as a share of what the second did; 0 where nothing grew. Lives begin at nothing, so the first merge
/// that sees one takes all of it for growth.
fn share_of_growth(window: &mut Window, now: Instant, values: [f64; 2], length: Duration) -> f64 {
    let ([grown, of], _) = window
        .growth(now, values, length)
        .unwrap_or((values, Duration::ZERO));
    if of > 0.0 { grown / of } else { 0.0 }
}

fn find(name: &str, metrics: &[Metric]) -> Option<Metric> {
    let known = metrics.iter().find(|metric| metric.definition.name == name);
    known.copied()
}

fn series(terms: &[Term], metrics: &[Metric]) -> Option<Vec<Series>> {
    let series = terms.iter().map(|term| {
        let metric = find(term.name, metrics)?;
        let places = places(&metric, term.label, term.other);
        Some(Series { metric, places })
    });
    series.collect()
}

/// The series that have a label, or those that have not; all of them without one.
fn places(metric: &Metric, label: Option<(&str, &str)>, other: bool) -> Vec<usize> {
    let fits = |place: &usize| match label {
        Some(label) => metric.labels(*place).any(|own| own == label) != other,
        None => true,
    };
    (0..metric.series_count()).filter(fits).collect()
}

/// Adds up; `None` where nobody has touched any of it.
fn sum(series: &[Series], cells: &[u64], dynamic: &[DynamicSeries]) -> Option<f64> {
    let values = series.iter().flat_map(|series| {
        let places = series.places.iter();
        places.flat_map(|place| read(&series.metric, *place, cells, dynamic))
    });
    values.reduce(|sum, value| sum + value)
}

/// What a series of a metric shows: of one with dynamic labels, what each combination of them does, and the overflow.
fn read<'a>(
    metric: &'a Metric,
    place: usize,
    cells: &'a [u64],
    dynamic: &'a [DynamicSeries],
) -> impl Iterator<Item = f64> + use<'a> {
    let combinations = DynamicSeries::of(metric, dynamic).into_iter();
    let combinations = combinations.flat_map(move |series| {
        let all = 0..series.count();
        all.filter_map(move |combination| number(series.read(metric, combination, place)))
    });
    number(metric.read(cells, place))
        .into_iter()
        .chain(combinations)
}

fn number(reading: Reading<'_>) -> Option<f64> {
    match reading {
        Reading::Counter(count) => Some(count as f64),
        Reading::CounterNanoseconds(nanoseconds) => {
            Some(Duration::from_nanos(nanoseconds).as_secs_f64())
        }
        Reading::Gauge(value) => Some(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
