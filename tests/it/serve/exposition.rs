//! What the exposition says, read back by a strict reader.

use std::time::Duration;

use obs::catalogue::Definition;
use obs::private::Callsite;
use obs::{Component, Counter, Gauge, Histogram, LabelValue, Number, counter, gauge, histogram};
use obs_tests::{exposition, http};
use proptest::prelude::*;

use crate::{address, builder, turn};

const OPEN_METRICS: &str = "Accept: application/openmetrics-text;version=1.0.0\r\n";

#[derive(Clone, Copy, LabelValue)]
enum Kinds {
    #[label("with \"quotes\"")]
    Quotes,
    #[label("with \\ and \n")]
    Backslash,
}

static HOSTILE: Counter<Kinds> = counter!(
    "exposition_hostile_total",
    "Help with \\, \"quotes\" and a\nnew line.",
    labels(kind: Kinds, literal = "a\"b\\c\nd")
);
static LEVEL: Gauge = gauge!("exposition_level", "A level.");
static SPENT: Counter = counter!("exposition_spent_seconds_total", "Time spent.");
static SIZE: Histogram<(), Number> =
    histogram!("exposition_size_bytes", "Sizes.", bounds = [1, 2.5, 10]);
static TOOK: Histogram = histogram!("exposition_took_seconds", "Times.", bounds = [0.001, 1]);
static ZERO: Counter = counter!("exposition_zero_total", "Exported as 0.", zero);
static UNTOUCHED: Counter = counter!(
    "exposition_untouched_total",
    "Not exported before it is touched."
);
static PROCESS: Counter<bool> =
    counter!("exposition_process_total", "Of the process.", labels(well: bool), scope = process);

fn sample(name: &str, labels: &[(&str, &str)]) -> (String, Vec<(String, String)>) {
    let mut labels: Vec<_> = labels
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    labels.sort();
    (name.to_owned(), labels)
}

#[test]
fn both_formats_say_the_same() {
    let _turn = turn();
    let hostile = "name with \"quotes\", \\ and \n";
    let component = Component::register(hostile);
    component.scope(|| {
        HOSTILE.with(Kinds::Quotes).inc_by(u64::MAX / 2);
        HOSTILE.with(Kinds::Backslash).inc();
        LEVEL.set(-0.1);
        SPENT.inc_by_duration(Duration::from_nanos(1_500_000_001));
        for size in [0.5, 1.0, 2.5, 11.0] {
            SIZE.observe(size);
        }
        TOOK.observe(Duration::from_millis(1));
    });
    let _ = (UNTOUCHED, PROCESS);
    let runtime = builder()
        .label("region", "eu \"west\"")
        .start()
        .expect("it starts");
    let served = address(&runtime);
    let text = http::get(served, "/metrics", "");
    assert!(
        text.head.contains("text/plain; version=0.0.4"),
        "{}",
        text.head
    );
    let open = http::get(served, "/metrics", OPEN_METRICS);
    assert!(
        open.head
            .contains("application/openmetrics-text; version=1.0.0"),
        "{}",
        open.head
    );
    let text = exposition::text(&text.body).expect("the text is right");
    let open = exposition::open_metrics(&open.body).expect("OpenMetrics is right");

    let common = [("component", hostile), ("region", "eu \"west\"")];
    let with = |more: &[(&'static str, &'static str)]| [&common[..], more].concat();
    let literal = ("literal", "a\"b\\c\nd");
    for (families, family, total) in [(&text, "_total", "_total"), (&open, "", "_total")] {
        let counted = &families[&format!("exposition_hostile{family}")];
        assert_eq!(counted.kind, "counter");
        assert_eq!(counted.help, "Help with \\, \"quotes\" and a\nnew line.");
        let quotes = sample(
            &format!("exposition_hostile{total}"),
            &with(&[("kind", "with \"quotes\""), literal]),
        );
        assert_eq!(counted.samples[&quotes], (u64::MAX / 2) as f64);
        let level = sample("exposition_level", &common);
        assert_eq!(families["exposition_level"].samples[&level], -0.1);
        let spent = sample("exposition_spent_seconds_total", &common);
        assert_eq!(
            families[&format!("exposition_spent_seconds{family}")].samples[&spent],
            1.500_000_001
        );
        let sizes = &families["exposition_size_bytes"].samples;
        for (le, count) in [("1.0", 2.0), ("2.5", 3.0), ("10.0", 3.0), ("+Inf", 4.0)] {
            assert_eq!(
                sizes[&sample("exposition_size_bytes_bucket", &with(&[("le", le)]))],
                count
            );
        }
        assert_eq!(sizes[&sample("exposition_size_bytes_sum", &common)], 15.0);
        let zero = sample("exposition_zero_total", &common);
        assert_eq!(
            families[&format!("exposition_zero{family}")].samples[&zero],
            0.0
        );
        assert!(!families.contains_key(&format!("exposition_untouched{family}")));
        for well in ["true", "false"] {
            let process = sample(
                "exposition_process_total",
                &[("region", "eu \"west\""), ("well", well)],
            );
            assert_eq!(
                families[&format!("exposition_process{family}")].samples[&process],
                0.0
            );
        }
    }
    assert_eq!(
        open["exposition_took_seconds"].unit.as_deref(),
        Some("seconds")
    );
    assert_eq!(
        open["exposition_spent_seconds"].unit.as_deref(),
        Some("seconds")
    );
    let _ = ZERO;
}

#[test]
fn once_one_combination_of_labels_is_touched_all_are_there() {
    let _turn = turn();
    let component = Component::register("combinations");
    component.scope(|| HOSTILE.with(Kinds::Quotes).inc());
    let runtime = builder().start().expect("it starts");
    let families = http::get(address(&runtime), "/metrics", "").body;
    let families = exposition::text(&families).expect("it is right");
    let key = sample(
        "exposition_hostile_total",
        &[
            ("component", "combinations"),
            ("kind", "with \\ and \n"),
            ("literal", "a\"b\\c\nd"),
        ],
    );
    assert_eq!(families["exposition_hostile_total"].samples[&key], 0.0);
}

#[test]
fn the_process_and_obs_itself_are_there() {
    let _turn = turn();
    let runtime = builder().start().expect("it starts");
    let served = address(&runtime);
    http::get(served, "/metrics", "");
    let families = exposition::text(&http::get(served, "/metrics", "").body).expect("it is right");
    for name in [
        "process_cpu_seconds_total",
        "process_open_fds",
        "process_max_fds",
        "process_resident_memory_bytes",
        "process_virtual_memory_bytes",
        "process_start_time_seconds",
    ] {
        if cfg!(target_os = "linux") {
            let value = families[name].samples[&sample(name, &[])];
            assert!(value.is_finite() && value >= 0.0, "{name} is {value}");
        }
    }
    let start = families.get("process_start_time_seconds");
    if let Some(start) = start {
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .expect("it is after 1970");
        let start = start.samples[&sample("process_start_time_seconds", &[])];
        assert!(
            (now.as_secs_f64() - start).abs() < 3_600.0,
            "it started within this hour"
        );
    }
    for name in [
        "obs_merges_total",
        "obs_series",
        "obs_slabs",
        "obs_slab_bytes",
        "obs_recording_threads",
    ] {
        assert!(families[name].samples[&sample(name, &[])] > 0.0, "{name}");
    }
}

#[test]
fn what_is_no_scrape_is_answered_with_help() {
    let _turn = turn();
    let runtime = builder().start().expect("it starts");
    let served = address(&runtime);
    let page = http::get(served, "/", "");
    assert_eq!(page.status, 200);
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    for path in ["/metrics", "/livez", "/readyz"] {
        assert!(page.body.contains(&format!("href=\"{path}\"")), "{page:?}");
    }
    let unknown = http::get(served, "/metricz", "");
    assert_eq!(unknown.status, 404);
    assert!(unknown.body.contains("/metrics"), "{unknown:?}");
    assert_eq!(
        http::request(served, "POST", "/metrics", "Content-Length: 0\r\n").status,
        405
    );
    let head = http::request(served, "HEAD", "/metrics", "");
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert!(
        head.head
            .to_ascii_lowercase()
            .contains("content-type: text/plain"),
        "{}",
        head.head
    );
}

#[test]
fn the_runtime_says_that_it_is_alive_and_ready() {
    let _turn = turn();
    let runtime = builder().start().expect("it starts");
    runtime.snapshot();
    let served = address(&runtime);
    for path in ["/livez", "/readyz"] {
        let answer = http::get(served, path, "");
        assert_eq!((answer.status, &answer.body[..]), (200, "ok\n"), "{path}");
    }
    let verbose = http::get(served, "/readyz?verbose", "").body;
    assert_eq!(verbose, "[+] serve: ok\n[+] merge: ok\nreadyz: passed\n");
}

#[test]
fn names_pick_families_also_among_those_of_the_process() {
    let _turn = turn();
    let runtime = builder().start().expect("it starts");
    let query = "/metrics?name[]=obs_merge_duration_seconds_bucket&name[]=obs_merges";
    let families = http::get(address(&runtime), query, "").body;
    let families = exposition::text(&families).expect("it is right");
    let names: Vec<_> = families.keys().map(String::as_str).collect();
    assert_eq!(names, ["obs_merge_duration_seconds", "obs_merges_total"]);
}

#[test]
fn a_life_that_follows_another_is_one_series() {
    let _turn = turn();
    let runtime = builder().start().expect("it starts");
    let name = "one series";
    let first = Component::register(name);
    first.scope(|| LEVEL.set(1));
    first.retire();
    let lingering =
        exposition::text(&http::get(address(&runtime), "/metrics", "").body).expect("it is right");
    let key = sample("exposition_level", &[("component", name)]);
    assert_eq!(lingering["exposition_level"].samples[&key], 1.0);
    let second = Component::register(name);
    second.scope(|| LEVEL.set(2));
    let followed =
        exposition::text(&http::get(address(&runtime), "/metrics", "").body).expect("it is right");
    assert_eq!(followed["exposition_level"].samples[&key], 2.0);
    second.retire();
    let last =
        exposition::text(&http::get(address(&runtime), "/metrics", "").body).expect("it is right");
    assert_eq!(
        last["exposition_level"].samples[&key], 2.0,
        "of two that linger, the later one"
    );
}

/// Any text that a label or help may be.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[\"\\\\\n{}=,# a]{0,12}"]
        .prop_filter("no carriage return in a line format", |text| {
            !text.contains(['\r', '\u{85}', '\u{2028}', '\u{2029}', '\u{b}', '\u{c}'])
        })
}

fn leaked(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_comes_back(help in any_text(), value in any_text(), name in any_text(), count in 1..u64::from(u32::MAX)) {
        use std::sync::atomic::{AtomicU64, Ordering};
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let _turn = turn();
        let metric = format!("any_text_{}_total", NUMBER.fetch_add(1, Ordering::Relaxed));
        let literals: &'static [(&str, &str)] = Box::leak(Box::new([("value", leaked(&value))]));
        let site: &'static Callsite = Box::leak(Box::new(Callsite::new(Definition {
            name: leaked(&metric), help: leaked(&help), literals,
            file: file!(), line: line!(), module: module_path!(), ..Definition::BLANK
        })));
        let counter: Counter = Counter::at(site);
        let component = Component::register(&name);
        component.scope(|| counter.inc_by(count));
        let runtime = builder().start().expect("it starts");
        let text = http::get(address(&runtime), "/metrics", "").body;
        let open = http::get(address(&runtime), "/metrics", OPEN_METRICS).body;
        let key = sample(&metric, &[("component", &name), ("value", &value)]);
        let text = exposition::text(&text).expect("the text is right");
        prop_assert_eq!(&text[&metric].help, &help);
        prop_assert_eq!(text[&metric].samples[&key], count as f64);
        let open = exposition::open_metrics(&open).expect("OpenMetrics is right");
        let family = metric.strip_suffix("_total").expect("it is a counter");
        prop_assert_eq!(&open[family].help, &help);
        prop_assert_eq!(open[family].samples[&key], count as f64);
    }
}
