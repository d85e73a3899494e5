//! Conformance: whatever a snapshot holds, every format says it, and readers that know nothing of the encoders agree.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Instant;

use obs::catalogue::{Definition, Exponential, Kind, Scope};
use obs::collector::Merge;
use obs::{Integer, Level, Number};
use obs_tests::exposition::{self, Families};
use obs_tests::protobuf;
use proptest::collection::{hash_set, vec};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;

use super::*;
use crate::collect::windows::Windows;
use crate::model::family::Naming;
use crate::model::fixture::{Layout, at, definition, key, leak, life, outside};
use crate::model::{Snapshot, Value};
use crate::serve::negotiation::Media;

/// Text that peers have been seen to write wrongly: everything that must be escaped, and what a format's own signs are.
const HOSTILE: &str = "(?s)[a\"\\\\\n{},= é#\r\t🦀]{0,6}";

/// Bounds of histograms: whole, tiny, huge, negative, beside each other.
const BOUNDS: [&[f64]; 6] = [
    &[0.25, 1.0, 1e6],
    &[1e-9, 0.000_1, 0.001],
    &[-1.5, 0.0, 1.5],
    &[1e15, 1e16, 1.797e308],
    &[0.1, 0.100_000_000_000_000_02],
    &[],
];

/// Ranges of exponential histograms and summaries: one octave and many, coarse and fine, below one and above.
const SCALES: [Exponential; 6] = [
    Exponential::new(0, 0, 1),
    Exponential::new(1, -3, 3),
    Exponential::new(2, -20, -10),
    Exponential::new(3, 10, 14),
    Exponential::new(4, -1, 0),
    Exponential::new(0, -30, 40),
];

/// Which of a gauge's cells holds what it was set to.
const GAUGE_SET: usize = 2;

/// Levels that a gauge may be set to.
const LEVELS: [f64; 12] = [
    0.0,
    -0.0,
    1.0,
    -0.1,
    1e21,
    1e-7,
    f64::MIN_POSITIVE,
    f64::MAX,
    5e-324,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
];

/// A plain description of a metric.
#[derive(Debug, Clone)]
struct Made {
    kind: Kind,
    help: String,
    literals: BTreeSet<String>,
    values: Vec<String>,
    zero: bool,
    process: bool,
    /// Whether the name ends in the unit, and the unit is seconds.
    seconds: bool,
    /// Whether a counter's name ends in `_total`, a gauge is one of whole numbers, a histogram has bounds of its own.
    plain: bool,
    bounds: usize,
}

impl Made {
    /// States have none.
    fn has_unit(&self) -> bool {
        self.seconds && self.kind != Kind::StateSet
    }
}

fn made() -> impl Strategy<Value = Made> {
    let kind = prop_oneof![
        Just(Kind::Counter),
        Just(Kind::Gauge),
        Just(Kind::Histogram),
        Just(Kind::Summary),
        Just(Kind::StateSet)
    ];
    let values = hash_set(HOSTILE, 1..4);
    let literals = proptest::collection::btree_set(HOSTILE, 1..3);
    let flags: (_, _, _, _) = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let made = (kind, HOSTILE, literals, values, flags, 0..BOUNDS.len());
    made.prop_map(|(kind, help, literals, values, flags, bounds)| Made {
        kind,
        help,
        literals,
        values: values.into_iter().collect(),
        zero: flags.0,
        process: flags.1,
        seconds: flags.2,
        plain: flags.3,
        bounds,
    })
}

/// One definition per literal: members of one family.
fn define(index: usize, made: &Made) -> Vec<Definition> {
    let unit = if made.has_unit() { "_seconds" } else { "" };
    let total = match made.kind {
        Kind::Counter if made.plain => "_total",
        _ => "",
    };
    let name = format!("metric_{index}{unit}{total}");
    // The label of a state set is called as it is.
    let label = match made.kind {
        Kind::StateSet => &name,
        _ => "value",
    };
    let one = Definition {
        help: leak(&made.help),
        keys: vec![key(label, &made.values)].leak(),
        zero: made.zero,
        scope: match made.process {
            true => Scope::Process,
            false => Scope::Component,
        },
        unit: unit.trim_start_matches('_'),
        integer: made.kind == Kind::Gauge && made.plain,
        bounds: match made.kind {
            Kind::Histogram if made.plain => BOUNDS[made.bounds],
            _ => &[],
        },
        exponential: match made.kind {
            Kind::Histogram if made.plain => None,
            Kind::Histogram | Kind::Summary => Some(SCALES[made.bounds]),
            _ => None,
        },
        quantiles: match made.kind {
            Kind::Summary => &[0.0, 0.5, 0.999, 1.0][made.bounds % 4..],
            _ => &[],
        },
        ..definition(&name, made.kind)
    };
    let literals = made.literals.iter();
    let with = |literal: &String| Definition {
        literals: vec![("literal", leak(literal))].leak(),
        ..one
    };
    literals.map(with).collect()
}

/// Fills cells with numbers that differ, some of them 0 and some of them huge; every other gauge is set.
fn fill(layout: &Layout, cells: &mut [u64], scope: Scope, mut random: u64) {
    let mut next = move || {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        match random >> 61 {
            0..=2 => 0,
            3 => random >> 12,
            _ => random >> 40,
        }
    };
    let metrics = layout.metrics.iter();
    for metric in metrics.filter(|metric| metric.definition.scope == scope) {
        let definition = metric.definition;
        let per_series = layout.cells_of(metric) / metric.series_count();
        for series in 0..metric.series_count() {
            let first = metric.first_cell as usize + series * per_series;
            let cells = &mut cells[first..first + per_series];
            match definition.kind {
                Kind::Counter => cells[0] = next(),
                Kind::StateSet => cells[0] = next() % (metric.series_count() as u64 + 1),
                Kind::Gauge if next() % 2 == 0 => cells[0] = next() >> 20,
                Kind::Gauge if definition.integer => {
                    cells[GAUGE_SET] = Integer::bits(next() as i64 - 1_000);
                }
                Kind::Gauge => {
                    let level = LEVELS[next() as usize % LEVELS.len()];
                    cells[GAUGE_SET] = Number::bits(level);
                }
                _ => {
                    let buckets = match definition.exponential {
                        Some(scale) => scale.buckets() as usize + 2,
                        None => definition.bounds.len() + 1,
                    };
                    cells[..buckets].fill_with(|| next() >> 14);
                    cells[buckets] = match definition.unit {
                        "seconds" => next(),
                        _ => (next() as f64 / 7.0).to_bits(),
                    };
                }
            }
        }
    }
}

/// Samples by name and sorted labels; values as bits, since NaN must be read back too.
type Samples = BTreeMap<(String, Vec<(String, String)>), u64>;

/// How the formats differ in what they say.
struct Dialect {
    /// The reader gives counters `_total` whatever their name is.
    total: bool,
    /// A sum that may go down is left out, and the count with it.
    sums_go_up: bool,
}

/// What a reader should find, straight from the snapshot.
fn expected(snapshot: &Snapshot, naming: &Naming, dialect: &Dialect) -> Samples {
    let mut expected = Samples::new();
    for series in snapshot.series() {
        let own = series.labels();
        let mut labels: Vec<_> = own
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .chain(naming.constant.iter().cloned())
            .collect();
        labels.extend(
            series
                .component()
                .map(|name| ("component".to_owned(), name.to_owned())),
        );
        labels.sort();
        let name = series.family().name();
        let mut add = |suffix: &str, more: Option<(&str, f64)>, value: f64| {
            let mut labels = labels.clone();
            labels.extend(more.map(|(key, bound)| (key.to_owned(), format!("{bound:?}"))));
            labels.sort();
            expected.insert((format!("{name}{suffix}"), labels), bits(value));
        };
        match series.value() {
            Value::Histogram(histogram) => {
                let goes_down = histogram.sum < 0.0 || histogram.bounds.first() < Some(&0.0);
                if !(dialect.sums_go_up && goes_down && !histogram.bounds.is_empty()) {
                    add("_sum", None, histogram.sum);
                    add("_count", None, histogram.count() as f64);
                }
                let buckets = histogram.buckets.iter().copied();
                for (bound, count) in cumulative(histogram.bounds, buckets) {
                    add("_bucket", Some(("le", bound)), count);
                }
            }
            Value::Exponential(histogram) => {
                add("_sum", None, histogram.sum);
                add("_count", None, histogram.count() as f64);
                let buckets = histogram.classic_buckets();
                for (bound, count) in cumulative(histogram.classic_bounds(), buckets) {
                    add("_bucket", Some(("le", bound)), count);
                }
            }
            Value::Summary(summary) => {
                add("_sum", None, summary.sum);
                add("_count", None, summary.count as f64);
                for (quantile, value) in summary.quantiles {
                    add("", Some(("quantile", *quantile)), *value);
                }
            }
            value => {
                let lacks = series.family().kind() == Kind::Counter && !name.ends_with("_total");
                let suffix = if dialect.total && lacks { "_total" } else { "" };
                add(suffix, None, value.as_f64());
            }
        }
    }
    expected
}

fn cumulative(bounds: &[f64], buckets: impl Iterator<Item = u64>) -> Vec<(f64, f64)> {
    let bounds = bounds.iter().copied().chain([f64::INFINITY]);
    let mut sum = 0;
    let counts = buckets.map(|count| {
        sum += count;
        sum as f64
    });
    bounds.zip(counts).collect()
}

/// The native buckets that should be found, by their index, for each series in order.
fn expected_native(snapshot: &Snapshot) -> Vec<(i8, BTreeMap<i32, u64>)> {
    let values = snapshot.series().filter_map(|series| match series.value() {
        Value::Exponential(value) => Some(value),
        _ => None,
    });
    let native = values.map(|value| {
        let counts = value.buckets.iter().copied().chain([value.overflow]);
        let buckets = (value.first_index..).zip(counts);
        let buckets = buckets.filter(|(_, count)| *count > 0).collect();
        (value.schema, buckets)
    });
    native.collect()
}

/// The native buckets that are found.
fn found_native(bytes: &[u8]) -> Vec<(i8, BTreeMap<i32, u64>)> {
    let families = protobuf::decode(bytes).expect("it has been read before");
    let metrics = families.iter().flat_map(|family| &family.metrics);
    let histograms = metrics.filter_map(|metric| metric.histogram.as_ref());
    let native = histograms.filter(|histogram| histogram.zero_threshold > 0.0);
    native
        .map(|histogram| {
            let buckets = histogram.native_buckets().expect("it has been read before");
            (histogram.schema as i8, buckets)
        })
        .collect()
}

/// All NaN are one, and so are both zeros.
fn bits(value: f64) -> u64 {
    match value {
        _ if value.is_nan() => f64::NAN.to_bits(),
        0.0 => 0,
        _ => value.to_bits(),
    }
}

/// What a reader has found; `le` is a number.
fn found(families: &Families) -> Samples {
    let samples = families.values().flat_map(|family| &family.samples);
    let samples = samples.map(|((name, labels), value)| {
        let mut labels = labels.clone();
        for (key, text) in &mut labels {
            if key == "le" || key == "quantile" {
                *text = format!("{:?}", text.parse::<f64>().expect("a bound is a number"));
            }
        }
        ((name.clone(), labels), bits(*value))
    });
    samples.collect()
}

fn written(snapshot: &Snapshot, media: Media, chunk: usize) -> Vec<u8> {
    let mut rendering = Rendering::new(media, snapshot, &Names::default());
    let mut written = Vec::new();
    loop {
        let mut next = Vec::new();
        let complete = rendering.fill(snapshot, &mut next, chunk);
        written.extend(next);
        if complete {
            return written;
        }
    }
}

fn snapshot(
    metrics: &[Made],
    names: BTreeSet<String>,
    seed: u64,
    constant: &str,
) -> (Snapshot, Naming) {
    let definitions = metrics.iter().enumerate();
    let layout = Layout::new(definitions.flat_map(|(at, made)| define(at, made)));
    let mut lives: Vec<_> = names
        .iter()
        .map(|name| life(name, layout.cells()))
        .collect();
    lives.insert(0, outside(layout.cells()));
    for (at, life) in lives.iter_mut().enumerate() {
        fill(&layout, &mut life.cells, Scope::Component, seed ^ at as u64);
    }
    let mut process = layout.process_cells();
    fill(&layout, &mut process, Scope::Process, seed);
    let naming = Naming {
        constant: vec![("region".to_owned(), constant.to_owned())],
        ..Naming::default()
    };
    let merge = Merge {
        lives,
        process,
        ..Merge::default()
    };
    let mut snapshot = Snapshot::new(at(1_000), layout.families(&naming), merge, None);
    Windows::default().fill(&mut snapshot, Instant::now());
    (snapshot, naming)
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("it is text")
}

proptest! {
    #[test]
    fn everything_written_is_read_back_in_every_format(
        metrics in vec(made(), 0..6),
        names in proptest::collection::btree_set("(?s)[b\"\\\\\n{},= ß]{0,5}", 0..4),
        constant in HOSTILE,
        seed: u64,
        chunk in 1usize..2_000,
    ) {
        let (snapshot, naming) = snapshot(&metrics, names, seed, &constant);
        let plain = Dialect { total: false, sums_go_up: false };
        let open_dialect = Dialect { total: false, sums_go_up: true };

        let old = text(written(&snapshot, Media::Text(Format::Text), chunk));
        let old = exposition::text(&old).map_err(TestCaseError::fail)?;
        prop_assert_eq!(&found(&old), &expected(&snapshot, &naming, &plain));
        let open = text(written(&snapshot, Media::Text(Format::OpenMetrics), chunk));
        let open = exposition::open_metrics(&open).map_err(TestCaseError::fail)?;
        prop_assert_eq!(&found(&open), &expected(&snapshot, &naming, &open_dialect));
        let bytes = written(&snapshot, Media::Protobuf, chunk);
        let proto = protobuf::families(&bytes).map_err(TestCaseError::fail)?;
        prop_assert_eq!(&found(&proto), &expected(&snapshot, &naming, &plain));
        prop_assert_eq!(found_native(&bytes), expected_native(&snapshot));

        prop_assert_eq!(snapshot.series_count(), snapshot.series().count());
        prop_assert_eq!(old.len(), open.len());
        prop_assert_eq!(old.len(), proto.len());
        for (name, family) in &old {
            let index = name["metric_".len()..].split('_').next().unwrap();
            let made = &metrics[index.parse::<usize>().unwrap()];
            let open_name = name.strip_suffix("_total").unwrap_or(name);
            let (open, proto) = (&open[open_name], &proto[name]);
            let unit = made.has_unit().then(|| "seconds".to_owned());
            for read in [family, open, proto] {
                prop_assert_eq!(&read.help, &made.help);
                // What the other formats have no kind for is a gauge there; a counter that is not called so has none in OpenMetrics.
                let kind = read.kind.replace("stateset", "gauge");
                let kind = match made.plain {
                    true => kind,
                    false => kind.replace("unknown", "counter"),
                };
                prop_assert_eq!(&kind, &family.kind);
            }
            prop_assert_eq!((&open.unit, &proto.unit), (&unit, &unit));
        }
    }
}

/// Reads expositions as JSON, and prints the samples of each: name, labels, bits of the value.
const PARSE: &str = r"
import json, struct, sys
from prometheus_client import parser
from prometheus_client.openmetrics import parser as openmetrics
parsers = {'text': parser, 'openmetrics': openmetrics}
def samples(format, text):
    families = parsers[format].text_string_to_metric_families(text)
    return [[s.name, s.labels, struct.pack('>d', s.value).hex()] for f in families for s in f.samples]
print(json.dumps([samples(*one) for one in json.load(sys.stdin)]))
";

/// Expositions of random metrics, and what should be found in them.
fn random_expositions(count: usize) -> (Vec<(&'static str, String)>, Vec<Samples>) {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let names = proptest::collection::btree_set("(?s)[b\"\\\\\n{},= ß]{0,5}", 0..3);
    let strategy = (vec(made(), 1..5), names, HOSTILE, any::<u64>());
    let (mut expositions, mut samples) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let made = strategy
            .new_tree(&mut runner)
            .expect("there are such metrics");
        let (metrics, names, constant, seed) = made.current();
        let (snapshot, naming) = snapshot(&metrics, names, seed, &constant);
        for (name, format) in [("text", Format::Text), ("openmetrics", Format::OpenMetrics)] {
            let open = format == Format::OpenMetrics;
            let dialect = Dialect {
                // This reader gives every counter of the text format its suffix.
                total: !open,
                sums_go_up: open,
            };
            let written = written(&snapshot, Media::Text(format), CHUNK_BYTES);
            expositions.push((name, text(written)));
            samples.push(expected(&snapshot, &naming, &dialect));
        }
    }
    (expositions, samples)
}

/// The official client's parsers, which know the rules of OpenMetrics that its other clients break.
#[test]
fn prometheus_client_reads_what_random_metrics_become() {
    let Some(path) = std::env::var_os("TEST_PYTHONPATH") else {
        eprintln!("skipped: TEST_PYTHONPATH is not set (cargo xtask test sets it where it can)");
        return;
    };
    let (expositions, expected) = random_expositions(200);
    let mut python = Command::new("python3");
    python.args(["-c", PARSE]).env("PYTHONPATH", path);
    let python = python.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut python = python.spawn().expect("the program starts");
    let mut input = python.stdin.take().expect("it is piped");
    let asked = serde_json::to_vec(&expositions).expect("text is JSON");
    let writer = std::thread::spawn(move || input.write_all(&asked));
    let output = python.wait_with_output().expect("the program ends");
    writer.join().unwrap().expect("the program reads");
    assert!(output.status.success(), "it has said why");
    type Sample = (String, BTreeMap<String, String>, String);
    let read: Vec<Vec<Sample>> = serde_json::from_slice(&output.stdout).expect("it prints JSON");
    for ((samples, expected), (format, text)) in read.into_iter().zip(expected).zip(expositions) {
        let samples = samples.into_iter().map(|(name, labels, value)| {
            let value = u64::from_str_radix(&value, 16).expect("it prints bits");
            let labels = labels.into_iter().map(|(key, value)| match key.as_str() {
                "le" | "quantile" => (key, format!("{:?}", value.parse::<f64>().unwrap())),
                _ => (key, value),
            });
            ((name, labels.collect()), bits(f64::from_bits(value)))
        });
        let samples: Samples = samples.collect();
        assert_eq!(samples, expected, "{format}:\n{text}");
    }
}
