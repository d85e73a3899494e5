//! What happened between two frames, and over the window: growth that a counter's new beginning never turns negative.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::frame::{Figures, Frame, Labels, Place, failed};
use crate::quantile::Distribution;

/// The last frame, and the steps that led to it.
#[derive(Debug)]
pub(super) struct History {
    window: Duration,
    last: Option<Frame>,
    /// Oldest first; all of them end within the window.
    steps: VecDeque<Step>,
}

/// What happened from one frame to the next.
#[derive(Debug)]
struct Step {
    ends_unix_ms: u64,
    seconds: f64,
    places: BTreeMap<Place, Growth>,
}

/// What one component did in some time.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Growth {
    /// Messages processed, the failed ones included.
    pub(super) processed: f64,
    /// Messages that failed.
    pub(super) failed: f64,
    /// Fuel burnt.
    pub(super) fuel: f64,
    /// How long messages took.
    pub(super) latency: Distribution,
}

impl History {
    pub(super) fn new(window: Duration) -> History {
        History {
            window,
            last: None,
            steps: VecDeque::new(),
        }
    }

    /// Takes the next frame.
    pub(super) fn push(&mut self, frame: Frame) {
        let before = self.last.replace(frame);
        let (Some(before), Some(frame)) = (before, &self.last) else {
            return;
        };
        if frame.time_unix_ms < before.time_unix_ms {
            // The source's clock was set back: nothing can be said about what lies between.
            self.steps.clear();
        } else if frame.time_unix_ms == before.time_unix_ms {
            // The same moment again; what came in between counts from the frame that was there first.
            self.last = Some(before);
        } else {
            self.steps.push_back(Step::between(&before, frame));
            self.forget();
        }
    }

    /// The latest frame.
    pub(super) fn last(&self) -> Option<&Frame> {
        self.last.as_ref()
    }

    /// How much a component did per second, last: none before the second frame.
    pub(super) fn per_second(&self, place: &Place, figure: fn(&Growth) -> f64) -> Option<f64> {
        let step = self.steps.back()?;
        Some(step.places.get(place).map_or(0.0, figure) / step.seconds)
    }

    /// What a component did over the window.
    pub(super) fn over_window(&self, place: &Place) -> Growth {
        let mut sum = Growth::default();
        for growth in self.steps.iter().filter_map(|step| step.places.get(place)) {
            sum.add(growth);
        }
        sum
    }

    fn forget(&mut self) {
        let window_ms = u64::try_from(self.window.as_millis()).unwrap_or(u64::MAX);
        let now = self.steps.back().map_or(0, |step| step.ends_unix_ms);
        // The latest step stays, however long it took: it is the rate.
        while self.steps.len() > 1
            && self
                .steps
                .front()
                .is_some_and(|step| now - step.ends_unix_ms >= window_ms)
        {
            self.steps.pop_front();
        }
    }
}

impl Step {
    fn between(before: &Frame, after: &Frame) -> Step {
        let nothing = Figures::default();
        // A component that was not there before has begun since: it counts from 0.
        let growth = |(place, figures): (&Place, &Figures)| {
            (
                place.clone(),
                Growth::between(before.places.get(place).unwrap_or(&nothing), figures),
            )
        };
        Step {
            ends_unix_ms: after.time_unix_ms,
            seconds: (after.time_unix_ms - before.time_unix_ms) as f64 / 1000.0,
            places: after.places.iter().map(growth).collect(),
        }
    }
}

impl Growth {
    fn between(before: &Figures, after: &Figures) -> Growth {
        let mut growth = Growth {
            fuel: grown(&before.fuel, &after.fuel).map(|(_, n)| n).sum(),
            ..Growth::default()
        };
        for (labels, messages) in grown(&before.processed, &after.processed) {
            growth.processed += messages;
            growth.failed += if failed(labels) { messages } else { 0.0 };
        }
        for (labels, latency) in &after.latency {
            let nothing = Distribution::default();
            let before = before.latency.get(labels).unwrap_or(&nothing);
            growth.latency.add(&latency.since(before));
        }
        growth
    }

    fn add(&mut self, other: &Growth) {
        self.processed += other.processed;
        self.failed += other.failed;
        self.fuel += other.fuel;
        self.latency.add(&other.latency);
    }
}

/// How much each counter grew. One that went down has begun again at 0, with a new life of its component or a new
/// process: what it shows now is what came since.
fn grown<'a>(
    before: &BTreeMap<Labels, f64>,
    after: &'a BTreeMap<Labels, f64>,
) -> impl Iterator<Item = (&'a Labels, f64)> {
    after.iter().map(|(labels, &now)| match before.get(labels) {
        Some(&then) if then <= now => (labels, now - then),
        _ => (labels, now),
    })
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
