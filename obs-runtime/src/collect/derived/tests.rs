//! What follows from what, with time moved by hand.

use obs::catalogue::{Definition, LabelKey};

use super::*;
use crate::model::fixture::{Layout, at, definition, key, life, outside};

/// A metric of the standard catalogue.
fn of_host(name: &str, kind: Kind, keys: &[LabelKey]) -> Definition {
    Definition {
        module: "obs::host::fixture",
        unit: if name.contains("_seconds") {
            "seconds"
        } else {
            ""
        },
        keys: keys.to_vec().leak(),
        ..definition(name, kind)
    }
}

fn of_process(name: &str, kind: Kind) -> Definition {
    Definition {
        scope: Scope::Process,
        ..of_host(name, kind, &[])
    }
}

fn label(name: &str, values: &[&str]) -> LabelKey {
    let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
    key(name, &values)
}

/// One component and the process, merged again and again.
struct Host {
    layout: Layout,
    derived: Derived,
    merge: Merge,
    start: Instant,
}

impl Host {
    fn of(definitions: Vec<Definition>) -> Host {
        let layout = Layout::new(definitions);
        let mut derived = Derived::default();
        derived.bind(&layout.metrics);
        Host {
            merge: Merge {
                lives: vec![outside(layout.cells()), life("derived", layout.cells())],
                process: layout.process_cells(),
                ..Merge::default()
            },
            layout,
            derived,
            start: Instant::now(),
        }
    }

    fn metric(&self, name: &str) -> Metric {
        let mut metrics = self.layout.metrics.iter();
        *metrics
            .find(|metric| metric.definition.name == name)
            .expect("the layout has the metric")
    }

    /// Counts, or sets a gauge, in the component or the process.
    fn record(&mut self, name: &str, series: usize, value: u64) {
        let metric = self.metric(name);
        let cells = match metric.definition.scope {
            Scope::Component => &mut self.merge.lives[1].cells,
            Scope::Process => &mut self.merge.process,
        };
        match metric.definition.kind {
            Kind::Gauge => metric.set(cells, series, value as f64),
            _ => cells[self.layout.first_cell(name, series)] += value,
        }
    }

    /// What a merge at that second shows of a gauge.
    fn at(&mut self, second: u64, name: &str, series: usize) -> Option<f64> {
        let mut merge = self.merge.clone();
        let instant = self.start + Duration::from_secs(second);
        self.derived.apply(&mut merge, at(1_000 + second), instant);
        let metric = self.metric(name);
        let cells = match metric.definition.scope {
            Scope::Component => &merge.lives[1].cells,
            Scope::Process => &merge.process,
        };
        number(metric.read(cells, series))
    }
}

#[test]
fn a_share_is_there_once_there_is_a_whole() {
    let kinds = label("kind", &["table", "linear"]);
    let mut host = Host::of(vec![
        of_host("component_memory_bytes", Kind::Gauge, &[kinds]),
        of_host("component_memory_limit_bytes", Kind::Gauge, &[]),
        of_host("component_memory_usage_ratio", Kind::Gauge, &[]),
    ]);
    let usage = "component_memory_usage_ratio";
    assert_eq!(host.at(0, usage, 0), None);
    host.record("component_memory_limit_bytes", 0, 4_096);
    assert_eq!(host.at(1, usage, 0), Some(0.0));
    host.record("component_memory_bytes", 0, 9_999);
    host.record("component_memory_bytes", 1, 1_024);
    assert_eq!(host.at(2, usage, 0), Some(0.25), "tables are no part of it");
}

#[test]
fn the_depth_is_what_went_in_and_neither_came_out_nor_was_lost() {
    let reasons = label("reason", &["full", "closed", "ttl", "restart"]);
    let mut host = Host::of(vec![
        of_host("mailbox_enqueued_total", Kind::Counter, &[]),
        of_host("mailbox_dequeued_total", Kind::Counter, &[]),
        of_host("mailbox_dropped_total", Kind::Counter, &[reasons]),
        of_host("mailbox_depth", Kind::Gauge, &[]),
        of_host("mailbox_depth_peak", Kind::Gauge, &[]),
        of_host("mailbox_capacity", Kind::Gauge, &[]),
        of_host("mailbox_saturation_ratio", Kind::Gauge, &[]),
    ]);
    host.record("mailbox_enqueued_total", 0, 10);
    host.record("mailbox_capacity", 0, 8);
    assert_eq!(host.at(0, "mailbox_depth", 0), Some(10.0));
    host.record("mailbox_dequeued_total", 0, 5);
    for reason in 0..4 {
        host.record("mailbox_dropped_total", reason, 1);
    }
    assert_eq!(
        host.at(1, "mailbox_depth", 0),
        Some(3.0),
        "two of the four never waited"
    );
    assert_eq!(host.at(1, "mailbox_saturation_ratio", 0), Some(0.375));
    assert_eq!(host.at(2, "mailbox_depth_peak", 0), Some(10.0));
    assert_eq!(
        host.at(80, "mailbox_depth_peak", 0),
        Some(3.0),
        "a minute later"
    );
    host.record("mailbox_dequeued_total", 0, 50);
    assert_eq!(
        host.at(81, "mailbox_depth", 0),
        Some(0.0),
        "taken out before it was counted in"
    );
    host.record("mailbox_depth", 0, 7);
    assert_eq!(
        host.at(82, "mailbox_depth", 0),
        Some(7.0),
        "the host knows better"
    );
}

#[test]
fn the_error_ratio_is_that_of_its_window() {
    let outcomes = label("outcome", &["ok", "error", "panic"]);
    let mut host = Host::of(vec![
        of_host(
            "component_messages_processed_total",
            Kind::Counter,
            &[outcomes],
        ),
        of_host(
            "component_error_ratio",
            Kind::Gauge,
            &[label("window", &["1m", "5m"])],
        ),
    ]);
    let (processed, ratio) = (
        "component_messages_processed_total",
        "component_error_ratio",
    );
    assert_eq!(host.at(0, ratio, 0), None, "nothing was handled");
    host.record(processed, 0, 30);
    host.record(processed, 1, 6);
    host.record(processed, 2, 4);
    assert_eq!(host.at(1, ratio, 0), Some(0.25), "a life begins at nothing");
    host.record(processed, 0, 10);
    for second in 2..=70 {
        host.at(second, ratio, 0);
    }
    assert_eq!(
        host.at(71, ratio, 0),
        Some(0.0),
        "nothing was handled in the last minute"
    );
    assert_eq!(
        host.at(71, ratio, 1),
        Some(0.0),
        "all there was came before the first look"
    );
    host.record(processed, 1, 30);
    host.record(processed, 0, 10);
    assert_eq!(host.at(72, ratio, 0), Some(0.75));
    assert_eq!(host.at(72, ratio, 1), Some(0.6));
}

#[test]
fn rates_are_over_the_last_minute() {
    let mut host = Host::of(vec![
        of_host(
            "component_cpu_seconds_total",
            Kind::Counter,
            &[label("side", &["guest", "host"])],
        ),
        of_host("component_cpu_usage_ratio", Kind::Gauge, &[]),
        of_process("broker_messages_published_total", Kind::Counter),
        of_process("broker_throughput", Kind::Gauge),
    ]);
    for second in 0..200 {
        host.record("component_cpu_seconds_total", 0, 250_000_000);
        host.record("component_cpu_seconds_total", 1, 250_000_000);
        host.record("broker_messages_published_total", 0, 40);
        let (cpu, throughput) = (
            host.at(second, "component_cpu_usage_ratio", 0),
            host.at(second, "broker_throughput", 0),
        );
        if second > 0 {
            assert!((cpu.unwrap() - 0.5).abs() < 1e-9, "{cpu:?}");
            assert!(
                (throughput.unwrap() - 40.0).abs() < 1e-9 || second == 1,
                "{throughput:?}"
            );
        }
    }
}

#[test]
fn ages_and_stamps_follow_the_clock() {
    let types = label("type", &["io", "timeout"]);
    let mut host = Host::of(vec![
        of_host("component_start_time_seconds", Kind::Gauge, &[]),
        of_host("component_uptime_seconds", Kind::Gauge, &[]),
        of_host("component_errors_total", Kind::Counter, &[types]),
        of_host(
            "component_last_error_timestamp_seconds",
            Kind::Gauge,
            &[types],
        ),
        of_host(
            "component_messages_processed_total",
            Kind::Counter,
            &[label("outcome", &["ok", "error"])],
        ),
        of_host("component_last_message_timestamp_seconds", Kind::Gauge, &[]),
    ]);
    host.record("component_start_time_seconds", 0, 990);
    assert_eq!(host.at(5, "component_uptime_seconds", 0), Some(15.0));
    let (error, message) = (
        "component_last_error_timestamp_seconds",
        "component_last_message_timestamp_seconds",
    );
    assert_eq!(host.at(6, error, 1), None);
    host.record("component_errors_total", 1, 1);
    host.record("component_messages_processed_total", 1, 1);
    assert_eq!(host.at(7, error, 1), Some(1_007.0));
    assert_eq!(host.at(9, error, 1), Some(1_007.0));
    assert_eq!(host.at(9, error, 0), None);
    assert_eq!(host.at(9, message, 0), Some(1_007.0));
    host.record("component_messages_processed_total", 0, 1);
    assert_eq!(host.at(12, message, 0), Some(1_012.0));
}

#[test]
fn the_memory_of_all_is_that_of_the_living() {
    let mut host = Host::of(vec![
        of_host(
            "component_memory_bytes",
            Kind::Gauge,
            &[label("kind", &["linear"])],
        ),
        of_process("wasm_memory_total_bytes", Kind::Gauge),
    ]);
    assert_eq!(host.at(0, "wasm_memory_total_bytes", 0), None);
    host.record("component_memory_bytes", 0, 100);
    let mut retired = host.merge.lives[1].clone();
    retired.component = Component::register("derived and retired");
    retired.retired = true;
    host.merge.lives.push(retired);
    host.merge
        .lives
        .push(life("derived too", host.merge.lives[1].cells.clone()));
    assert_eq!(host.at(1, "wasm_memory_total_bytes", 0), Some(200.0));
}

#[test]
fn a_metric_of_that_name_elsewhere_is_another_one() {
    let mut elsewhere = of_host("component_uptime_seconds", Kind::Gauge, &[]);
    elsewhere.module = "shop::obs::host";
    let mut host = Host::of(vec![
        of_host("component_start_time_seconds", Kind::Gauge, &[]),
        elsewhere,
    ]);
    host.record("component_start_time_seconds", 0, 990);
    assert_eq!(host.at(5, "component_uptime_seconds", 0), None);
}

#[test]
fn what_is_remembered_of_a_life_goes_with_it() {
    let mut host = Host::of(vec![
        of_host("component_errors_total", Kind::Counter, &[]),
        of_host("component_last_error_timestamp_seconds", Kind::Gauge, &[]),
    ]);
    host.record("component_errors_total", 0, 1);
    host.at(1, "component_last_error_timestamp_seconds", 0);
    assert_eq!(host.derived.memories.len(), 3);
    host.merge.lives.pop();
    host.derived.apply(&mut host.merge, at(2), host.start);
    assert_eq!(host.derived.memories.len(), 2);
}

#[test]
fn every_rule_finds_its_metrics_in_the_catalogue() {
    let mut derived = Derived::default();
    derived.bind(&obs::catalogue::catalogue().metrics);
    let names = |place: &usize| RULES[*place].into.name;
    let bound: Vec<usize> = derived.bound.iter().map(|bound| bound.rule).collect();
    let missing: Vec<_> = (0..RULES.len())
        .filter(|place| !bound.contains(place))
        .collect();
    assert!(
        missing.is_empty(),
        "{:?}",
        missing.iter().map(names).collect::<Vec<_>>()
    );
}
