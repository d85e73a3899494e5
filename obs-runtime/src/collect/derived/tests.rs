//! What follows from what, with time moved by hand.

use obs::catalogue::{Definition, LabelKey};

use super::terms::number;
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

fn dynamic(definition: Definition, labels: &'static [&'static str]) -> Definition {
    Definition {
        dynamic: labels,
        ..definition
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

    /// Sets a series with dynamic labels of the process.
    fn record_with(&mut self, name: &str, values: &[&str], value: f64) {
        let metric = self.metric(name);
        let series = [(values.to_vec(), value)];
        DynamicSeries::set(&metric, &mut self.merge.process_dynamic, 0, &series);
    }

    /// A merge at that second, with what follows from it.
    fn merged(&mut self, second: u64) -> Merge {
        let mut merge = self.merge.clone();
        let instant = self.start + Duration::from_secs(second);
        self.derived.apply(&mut merge, at(1_000 + second), instant);
        merge
    }

    /// What a merge shows of a gauge of the process with one dynamic label, by its value; the overflow is the last.
    fn shown(&self, name: &str, merge: &Merge) -> Vec<(String, f64)> {
        let metric = self.metric(name);
        let series = DynamicSeries::of(&metric, &merge.process_dynamic);
        let combinations = series.into_iter().flat_map(|series| {
            let all = 0..series.count();
            all.map(|at| (series.value(&metric, at, 0), series.read(&metric, at, 0)))
        });
        let overflow = metric.read(&merge.process, 0);
        let all = combinations.chain([("_overflow", overflow)]);
        all.filter_map(|(value, reading)| Some((value.to_owned(), number(reading)?)))
            .collect()
    }

    /// What a merge at that second shows of a gauge.
    fn at(&mut self, second: u64, name: &str, series: usize) -> Option<f64> {
        let merge = self.merged(second);
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
    ]);
    for second in 0..200 {
        host.record("component_cpu_seconds_total", 0, 250_000_000);
        host.record("component_cpu_seconds_total", 1, 250_000_000);
        let cpu = host.at(second, "component_cpu_usage_ratio", 0);
        if second > 0 {
            assert!((cpu.unwrap() - 0.5).abs() < 1e-9, "{cpu:?}");
        }
    }
}

#[test]
fn each_broker_has_a_rate_of_its_own() {
    const PUBLISHED: &str = "broker_messages_published_total";
    // By hand only gauges get series with dynamic labels; the rule takes any number.
    let published = of_process(PUBLISHED, Kind::Gauge);
    let throughput = of_process("broker_throughput", Kind::Gauge);
    let mut host = Host::of(vec![
        dynamic(published, &["broker", "message_type"]),
        dynamic(throughput, &["broker"]),
    ]);
    let empty = host.merged(0);
    assert_eq!(host.shown("broker_throughput", &empty), []);
    for second in 1..200_u64 {
        let count = second as f64;
        host.record_with(PUBLISHED, &["orders", "paid"], 30.0 * count);
        host.record_with(PUBLISHED, &["orders", "sent"], 10.0 * count);
        if second >= 100 {
            host.record_with(PUBLISHED, &["late", "paid"], 5.0 * count);
        }
        host.record(PUBLISHED, 0, 2 * second);
        let merge = host.merged(second);
        let expected = match second {
            1 => vec![],
            2..=100 => vec![("orders", 40.0), ("_overflow", 2.0)],
            _ => vec![("late", 5.0), ("orders", 40.0), ("_overflow", 2.0)],
        };
        let shown = host.shown("broker_throughput", &merge);
        assert_eq!(shown.len(), expected.len(), "{second}: {shown:?}");
        for ((broker, rate), expected) in shown.iter().zip(expected) {
            assert_eq!(broker, expected.0);
            assert!((rate - expected.1).abs() < 1e-9, "{second}: {shown:?}");
        }
    }
}

#[test]
fn each_actor_system_has_an_age_of_its_own() {
    let started = of_process("actor_system_start_time_seconds", Kind::Gauge);
    let uptime = of_process("actor_system_uptime_seconds", Kind::Gauge);
    let mut host = Host::of(vec![
        dynamic(started, &["system"]),
        dynamic(uptime, &["system"]),
    ]);
    host.record_with("actor_system_start_time_seconds", &["front"], 990.0);
    host.record_with("actor_system_start_time_seconds", &["back"], 1_000.0);
    let merge = host.merged(5);
    let ages = host.shown("actor_system_uptime_seconds", &merge);
    assert_eq!(ages, [("back".into(), 5.0), ("front".into(), 15.0)]);
}

#[test]
fn a_gauge_with_labels_that_its_source_lacks_is_left_alone() {
    let started = of_process("actor_system_start_time_seconds", Kind::Gauge);
    let uptime = of_process("actor_system_uptime_seconds", Kind::Gauge);
    let mut host = Host::of(vec![
        dynamic(started, &["name"]),
        dynamic(uptime, &["system"]),
    ]);
    host.record_with("actor_system_start_time_seconds", &["front"], 990.0);
    let merge = host.merged(5);
    assert_eq!(host.shown("actor_system_uptime_seconds", &merge), []);
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
