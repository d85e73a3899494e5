//! Sliding windows: the quantiles of summaries, from what their buckets held a while ago.
//!
//! Of each series that a summary has, what its buckets held is kept in six steps per window, and what they held at the
//! window's beginning is subtracted from what they hold now. So the memory of a series is bounded, whatever was observed
//! and whether anybody scrapes: eight lists of those buckets that are not empty, one list where nothing changed. A window
//! reaches back as long as it says, and up to a step more; what is older than a series' first merge counts as new in it.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use obs::catalogue::{Definition, Exponential, Metric};

use crate::model::Snapshot;
use crate::model::distribution::Quantiles;
use crate::model::snapshot::SeriesKey;

/// More steps mean a window that slides more smoothly, fewer mean less memory.
const STEPS: u32 = 6;

/// The windows of all summaries of a process.
#[derive(Debug, Default)]
pub(crate) struct Windows {
    windows: HashMap<SeriesKey, Window>,
    /// Metrics that are off.
    off: Vec<Metric>,
    /// Counts the merges, to find the windows of series that are gone.
    merge: u64,
}

/// Cells that are not empty, and what they hold; in the order of the cells.
type Counts = Arc<[(u32, u64)]>;

#[derive(Debug)]
struct Window {
    seen: u64,
    /// What had been observed at some moments, the oldest first. Never empty.
    past: VecDeque<(Instant, Counts)>,
}

impl Windows {
    /// Keeps the windows of those of the metrics that are off: switched on again, what is older is not taken for new.
    pub(crate) fn keep_off(&mut self, metrics: &[Metric]) {
        let off = metrics.iter().filter(|metric| metric.off);
        self.off = off.copied().collect();
    }

    /// Gives every summary of a snapshot its quantiles; `now` is when it was merged. Windows of series that are not in
    /// it are dropped, but for those of metrics that are off.
    pub(crate) fn fill(&mut self, snapshot: &mut Snapshot, now: Instant) {
        self.merge += 1;
        snapshot.fill_summaries(|key, definition, counts| {
            let scale = definition.exponential?;
            let window = self.windows.entry(key).or_insert_with(|| Window::new(now));
            window.seen = self.merge;
            let recent = window.advance(now, definition.window, counts);
            Some(quantiles(definition, &scale, &recent))
        });
        self.windows.retain(|key, window| {
            let is_off = || self.off.iter().any(|metric| key.is_of(metric));
            window.seen == self.merge || (is_off() && snapshot.knows(key))
        });
    }
}

impl Window {
    fn new(now: Instant) -> Window {
        Window {
            seen: 0,
            past: VecDeque::from([(now, Counts::default())]),
        }
    }

    /// Takes note of what has been observed up to now, and returns what was observed in the window.
    fn advance(
        &mut self,
        now: Instant,
        window: Duration,
        counts: impl Iterator<Item = u64>,
    ) -> Vec<(u32, u64)> {
        let counts: Vec<(u32, u64)> = (0..).zip(counts).filter(|(_, count)| *count > 0).collect();
        let is_past = |(then, _): &(Instant, Counts)| now.duration_since(*then) >= window;
        while self.past.get(1).is_some_and(is_past) {
            self.past.pop_front();
        }
        let before = self.past.front();
        let recent = difference(&counts, before.map_or(&[], |(_, before)| before));
        if let Some((then, last)) = self.past.back()
            && (self.past.len() == 1 || now.duration_since(*then) >= window / STEPS)
        {
            let unchanged = **last == *counts;
            let counts = if unchanged {
                last.clone()
            } else {
                counts.into()
            };
            self.past.push_back((now, counts));
        }
        recent
    }
}

/// What came on top of `before`.
fn difference(counts: &[(u32, u64)], before: &[(u32, u64)]) -> Vec<(u32, u64)> {
    let mut before = before.iter().peekable();
    let more = |&(cell, count): &(u32, u64)| {
        while before.next_if(|(other, _)| *other < cell).is_some() {}
        let known = before.next_if(|(other, _)| *other == cell);
        let more = count.saturating_sub(known.map_or(0, |(_, count)| *count));
        (more > 0).then_some((cell, more))
    };
    counts.iter().filter_map(more).collect()
}

/// The value of each quantile by nearest rank: that of the smallest observation which a share of `quantile` of all does not
/// exceed, taken for what its bucket is taken for. Below and above the range, it is the range's end.
fn quantiles(definition: &Definition, scale: &Exponential, counts: &[(u32, u64)]) -> Quantiles {
    let total: u64 = counts.iter().map(|(_, count)| count).sum();
    let value_of = |cell: u32| match cell.checked_sub(1) {
        None => scale.lowest(),
        Some(bucket) if bucket < scale.buckets() => scale.representative(bucket as usize),
        Some(_) => scale.highest(),
    };
    let value = |quantile: f64| {
        let rank = rank(quantile, total);
        let mut cumulative = 0;
        let reached = counts.iter().find(|(_, count)| {
            cumulative += count;
            cumulative >= rank
        });
        reached.map_or(f64::NAN, |(cell, _)| value_of(*cell))
    };
    let quantiles = definition.quantiles.iter();
    quantiles
        .map(|&quantile| (quantile, value(quantile)))
        .collect()
}

/// The rank of a quantile among `total` observations, the smallest of which has rank 1.
fn rank(quantile: f64, total: u64) -> u64 {
    // 0.07 of 100 is 7, though their product as floats lies above it.
    let share = quantile * total as f64 * (1.0 - 2.0 * f64::EPSILON);
    (share.ceil() as u64).max(1)
}

#[cfg(test)]
mod tests;
