//! Ratios, rates, ages and peaks of a component host, computed of merged cells and written into them: off the hot path, and
//! only where the host's metrics are linked.

/// What is computed of what.
mod rules;
/// What it is computed of, read out of a merge.
mod terms;
/// What was a window ago.
mod window;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use obs::Component;
use obs::catalogue::{Kind, Scope};
use obs::collector::{DynamicSeries, Merge, Metric, Reading};

use rules::{How, RULES, Rule, Target};
use terms::{Labels, Series, by_labels, find, have_labels_of, places, read, series, sum};
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
    /// By the dynamic labels of the gauge.
    windows: BTreeMap<Labels, Window>,
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
        for life in &mut merge.lives {
            let memories = self.memories.entry(Some(life.component)).or_default();
            for bound in of_scope(&self.bound, Scope::Component) {
                bound.apply(&mut life.cells, &mut life.dynamic, memories, now);
            }
        }
        self.apply_to_process(merge, now);
        // One for each life, and one for the process.
        if self.memories.len() > merge.lives.len() + 1 {
            let lives: HashSet<Component> = merge.lives.iter().map(|life| life.component).collect();
            self.memories
                .retain(|of, _| of.is_none_or(|of| lives.contains(&of)));
        }
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
                    &mut merge.process_dynamic,
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
        let by_place = matches!(rule.how, How::Stamp(_) | How::Total(_));
        let has_labels = !into.definition.dynamic.is_empty();
        if has_labels && (by_place || !have_labels_of(&into, first.iter().chain(&second))) {
            return None;
        }
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

    fn window<'a>(&self, memories: &'a mut Memories, labels: &Labels) -> &'a mut Window {
        let windows = &mut memories.entry(self.rule).or_default().windows;
        windows.entry(labels.clone()).or_default()
    }

    /// Sets the gauge in the cells of one life, if anybody has touched what it follows from.
    fn apply(
        &self,
        cells: &mut Vec<u64>,
        dynamic: &mut Vec<DynamicSeries>,
        memories: &mut Memories,
        now: Now,
    ) {
        if let How::Stamp(_) = self.how() {
            return self.stamp(cells, dynamic, memories.entry(self.rule).or_default(), now);
        }
        if !self.into.definition.dynamic.is_empty() {
            return self.apply_by_labels(cells, dynamic, memories, now);
        }
        let terms = [&self.first, &self.second].map(|terms| sum(terms, cells, dynamic));
        let is_set = self.into.read(cells, self.series) != Reading::Untouched;
        if let Some(value) = self.value(terms, is_set, (memories, &None), now) {
            self.into.set(cells, self.series, value);
        }
    }

    /// The same for a gauge with dynamic labels, for each combination of them that what it follows from has.
    fn apply_by_labels(
        &self,
        cells: &mut Vec<u64>,
        dynamic: &mut Vec<DynamicSeries>,
        memories: &mut Memories,
        now: Now,
    ) {
        let own = Series {
            metric: self.into,
            places: vec![self.series],
        };
        let [first, second, own] = [&self.first[..], &self.second, &[own]]
            .map(|terms| by_labels(&self.into, terms, cells, dynamic));
        let new = second.keys().filter(|labels| !first.contains_key(*labels));
        let mut values = Vec::new();
        for labels in first.keys().chain(new) {
            let terms = [&first, &second].map(|terms| terms.get(labels).copied());
            let is_set = own.contains_key(labels);
            let Some(value) = self.value(terms, is_set, (memories, labels), now) else {
                continue;
            };
            match labels {
                Some(labels) => values.push((labels.iter().map(String::as_str).collect(), value)),
                None => self.into.set(cells, self.series, value),
            }
        }
        DynamicSeries::set(&self.into, dynamic, self.series, &values);
    }

    /// What follows for a series of the gauge, if anything does. `is_set`: the host has set the series.
    fn value(
        &self,
        [first, second]: [Option<f64>; 2],
        is_set: bool,
        (memories, labels): (&mut Memories, &Labels),
        now: Now,
    ) -> Option<f64> {
        let whole = second.filter(|second| *second > 0.0);
        let Some(first) = first else {
            // A share of nothing is a share: nobody has touched the first, but the second is there.
            let is_share = matches!(self.how(), How::Share(..));
            return whole.filter(|_| is_share).map(|_| 0.0);
        };
        match *self.how() {
            How::Share(..) => whole.map(|whole| first / whole),
            How::Balance(..) => (!is_set).then(|| (first - second.unwrap_or(0.0)).max(0.0)),
            How::ShareOfGrowth(_, _, length) => Some(share_of_growth(
                self.window(memories, labels),
                now.instant,
                [first, second.unwrap_or(0.0)],
                length,
            )),
            How::Rate(_, length) => self
                .window(memories, labels)
                .growth(now.instant, [first, 0.0], length)
                .filter(|(_, over)| !over.is_zero())
                .map(|([grown, _], over)| grown / over.as_secs_f64()),
            How::Peak(_, length) => {
                let window = self.window(memories, labels);
                Some(window.peak(now.instant, first, length))
            }
            How::Age(_) => Some((now.unix_seconds - first).max(0.0)),
            How::Stamp(_) | How::Total(_) => None,
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

#[cfg(test)]
mod tests;
