//! One snapshot, reduced to what the columns need: the figures of each component as they stood at that moment.

use std::collections::{BTreeMap, BTreeSet};

use obs_runtime::api::{Family, Series, Snapshot, Value};

use crate::quantile::Distribution;
use crate::text::printable;

/// Where something was recorded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// In the component of this name.
    Component(String),
    /// Outside any component.
    Outside,
}

impl Place {
    /// Its name, safe to print: names come from the process, and must not steer the terminal.
    pub(crate) fn name(&self) -> String {
        match self {
            Place::Component(name) => printable(name),
            Place::Outside => "(no component)".to_owned(),
        }
    }
}

/// The labels of a series beside its component.
pub(super) type Labels = Vec<(String, String)>;

/// The metrics the columns are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Metric {
    /// Messages by outcome.
    Processed,
    /// How long messages took.
    Latency,
    /// Messages begun and not finished.
    InFlight,
    /// Bytes of memory in use.
    Memory,
    /// Bytes of memory allowed.
    MemoryLimit,
    /// Fuel burnt.
    Fuel,
    /// Restarts of the component.
    Restarts,
    /// Messages that will never be handled.
    Lost,
}

impl Metric {
    fn named(name: &str) -> Option<Metric> {
        Some(match name {
            "component_messages_processed_total" => Metric::Processed,
            "component_processing_latency_seconds" => Metric::Latency,
            "component_messages_in_flight" => Metric::InFlight,
            "component_memory_bytes" => Metric::Memory,
            "component_memory_limit_bytes" => Metric::MemoryLimit,
            "wasm_fuel_consumed_total" => Metric::Fuel,
            "component_restarts_total" => Metric::Restarts,
            "mailbox_dropped_total" => Metric::Lost,
            _ => return None,
        })
    }
}

/// All components at one moment.
#[derive(Clone, Debug, Default)]
pub(super) struct Frame {
    /// When, in milliseconds since the Unix epoch, by the clock of the source.
    pub(super) time_unix_ms: u64,
    /// When the process began, in seconds since the Unix epoch.
    pub(super) started_unix_seconds: Option<f64>,
    /// Which metrics the process has, recorded by any component or none.
    pub(super) present: BTreeSet<Metric>,
    /// Every component that recorded anything, and what was recorded outside of all.
    pub(super) places: BTreeMap<Place, Figures>,
}

/// What one component has recorded so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Figures {
    /// Counters that are watched as they grow, series by series: each may start again on its own.
    pub(super) processed: BTreeMap<Labels, f64>,
    pub(super) fuel: BTreeMap<Labels, f64>,
    pub(super) latency: BTreeMap<Labels, Distribution>,
    /// What is shown as it stands, added up over labels.
    pub(super) in_flight: Option<f64>,
    pub(super) memory: Option<f64>,
    pub(super) memory_limit: Option<f64>,
    pub(super) restarts: Option<f64>,
    pub(super) lost: Option<f64>,
}

/// Whether a message with these labels failed: every outcome but `ok`, where there is an outcome.
pub(super) fn failed(labels: &Labels) -> bool {
    labels
        .iter()
        .any(|(key, value)| key == "outcome" && value != "ok")
}

/// Whether memory with these labels is other than the linear one.
fn is_other_memory(labels: &Labels) -> bool {
    labels
        .iter()
        .any(|(key, value)| key == "kind" && value != "linear")
}

impl Frame {
    /// Reduces a snapshot.
    pub(super) fn of(snapshot: Snapshot) -> Frame {
        let mut frame = Frame {
            time_unix_ms: snapshot.time_unix_ms,
            ..Frame::default()
        };
        for family in snapshot.families {
            match Metric::named(&family.name) {
                Some(metric) => frame.take(metric, family.series),
                None => frame.glance(&family),
            }
        }
        frame
    }

    fn take(&mut self, metric: Metric, series: Vec<Series>) {
        self.present.insert(metric);
        for Series {
            component,
            labels,
            value,
        } in series
        {
            let place = component.map_or(Place::Outside, Place::Component);
            self.places
                .entry(place)
                .or_default()
                .take(metric, labels, value);
        }
    }

    /// Other families tell when the process began, and which components there are.
    fn glance(&mut self, family: &Family) {
        if family.name == "process_start_time_seconds" {
            self.started_unix_seconds = family
                .series
                .first()
                .and_then(|series| single(&series.value));
        }
        for name in family
            .series
            .iter()
            .filter_map(|series| series.component.as_ref())
        {
            let place = Place::Component(name.clone());
            self.places.entry(place).or_default();
        }
    }
}

impl Figures {
    fn take(&mut self, metric: Metric, labels: Labels, value: Value) {
        match (metric, value) {
            (Metric::Latency, value) => {
                // A latency that is no histogram says nothing about percentiles.
                if let Some(latency) = Distribution::of(&value) {
                    self.latency.insert(labels, latency);
                }
            }
            (metric, value) => {
                if let Some(number) = single(&value) {
                    self.take_number(metric, labels, number);
                }
            }
        }
    }

    fn take_number(&mut self, metric: Metric, labels: Labels, number: f64) {
        match metric {
            Metric::Processed => *self.processed.entry(labels).or_default() += number,
            Metric::Fuel => *self.fuel.entry(labels).or_default() += number,
            Metric::InFlight => add(&mut self.in_flight, number),
            // Tables, and what the host keeps, are not under the limit.
            Metric::Memory if is_other_memory(&labels) => {}
            Metric::Memory => add(&mut self.memory, number),
            Metric::MemoryLimit => add(&mut self.memory_limit, number),
            Metric::Restarts => add(&mut self.restarts, number),
            Metric::Lost => add(&mut self.lost, number),
            Metric::Latency => {}
        }
    }
}

/// The number in a value that is just one.
fn single(value: &Value) -> Option<f64> {
    match *value {
        Value::Counter(number) | Value::Gauge(number) => Some(number),
        _ => None,
    }
}

fn add(to: &mut Option<f64>, number: f64) {
    *to = Some(to.unwrap_or(0.0) + number);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixture;

    #[test]
    fn labels_add_up_and_outcomes_stay_apart() {
        let snapshot = fixture::at(1)
            .counter(
                "component_messages_processed_total",
                Some("a"),
                &[("outcome", "ok")],
                5.0,
            )
            .counter(
                "component_messages_processed_total",
                Some("a"),
                &[("outcome", "trap")],
                2.0,
            )
            .counter(
                "component_restarts_total",
                Some("a"),
                &[("cause", "crash")],
                1.0,
            )
            .counter(
                "component_restarts_total",
                Some("a"),
                &[("cause", "manual")],
                2.0,
            )
            .snapshot();
        let frame = Frame::of(snapshot);
        let a = &frame.places[&Place::Component("a".to_owned())];
        assert_eq!(a.processed.len(), 2);
        assert_eq!(
            a.processed
                .iter()
                .filter(|(labels, _)| failed(labels))
                .map(|(_, n)| n)
                .sum::<f64>(),
            2.0
        );
        assert_eq!(a.restarts, Some(3.0));
        assert_eq!(a.memory, None);
    }

    #[test]
    fn memory_is_what_the_limit_is_for() {
        let mut figures = Figures::default();
        for (kind, bytes) in [
            ("table", 128.0),
            ("linear", 65_536.0),
            ("host_state", 900.0),
        ] {
            let labels = vec![("kind".to_owned(), kind.to_owned())];
            figures.take(Metric::Memory, labels, Value::Gauge(bytes));
        }
        assert_eq!(figures.memory, Some(65_536.0));
        figures.take(Metric::Memory, Labels::new(), Value::Gauge(1.0));
        assert_eq!(
            figures.memory,
            Some(65_537.0),
            "a host without kinds has one memory"
        );
    }

    #[test]
    fn component_known_by_another_metric_has_a_place() {
        let frame = Frame::of(
            fixture::at(1)
                .gauge("cache_bytes", Some("quiet"), 1.0)
                .gauge("obs_series", None, 9.0)
                .snapshot(),
        );
        assert_eq!(
            frame.places.keys().collect::<Vec<_>>(),
            [&Place::Component("quiet".to_owned())]
        );
    }

    #[test]
    fn start_of_the_process_is_found() {
        let frame = Frame::of(
            fixture::at(1)
                .gauge("process_start_time_seconds", None, 1234.5)
                .snapshot(),
        );
        assert_eq!(frame.started_unix_seconds, Some(1234.5));
        assert!(frame.places.is_empty());
    }
}
