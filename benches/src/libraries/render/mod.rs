//! The exposition of many series, as text: what each library makes of the same labels and values.
//!
//! obs merges before it renders, and renders as it serves: in chunks, out of its router. The peers write into one text.

mod measured;
mod obs;

use std::fmt::Write as _;
use std::hint::black_box;

use metrics::{Key, Label, Level, Metadata, Recorder};
use metrics_exporter_prometheus::PrometheusBuilder;
use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry, TextEncoder};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;

use crate::case::Case;
use crate::entry::{Entry, Standing};
use crate::workload::BOUNDS;

/// How many components have series.
const COMPONENTS: usize = 1_000;
/// Values of the label `shard` of a counter.
const SHARDS: usize = 100;
/// And of a histogram.
const FEW_SHARDS: usize = 10;
/// The label that is alike in all series.
const REGION: &str = "eu-central-1";
/// The three labels.
const LABELS: [&str; 3] = ["region", "component", "shard"];

const COUNTER: &str = "http_requests_total";
const HISTOGRAM: &str = "http_response_duration_seconds";

pub(super) fn entries(case: Case) -> Vec<Entry> {
    vec![
        floor(case),
        obs::entry(case),
        prometheus(case),
        client(case),
        measured::entry(case),
        exporter(case),
    ]
}

/// How many values the label `shard` has.
fn shards(case: Case) -> usize {
    match case {
        Case::Render100k => SHARDS,
        _ => FEW_SHARDS,
    }
}

/// The text of `component` and `shard` of every series.
fn series(case: Case) -> impl Iterator<Item = (String, String)> {
    (0..COMPONENTS).flat_map(move |component| {
        let shards = 0..shards(case);
        shards.map(move |shard| (component_text(component), shard_text(shard)))
    })
}

fn component_text(component: usize) -> String {
    format!("component/{component}")
}

fn shard_text(shard: usize) -> String {
    format!("{shard:02}")
}

/// What every series has counted: numbers as long as those of a program that has run for a while.
fn count(index: usize) -> u64 {
    1_000_000 + index as u64
}

/// What every histogram has observed, in seconds.
const OBSERVED: f64 = 0.003;

/// Text of labels kept, numbers filled in.
fn floor(case: Case) -> Entry {
    let mut lines = Vec::new();
    for (component, shard) in series(case) {
        let labels = format!("region=\"{REGION}\",component=\"{component}\",shard=\"{shard}\"");
        if case == Case::Render100k {
            lines.push(format!("{COUNTER}{{{labels}}} "));
            continue;
        }
        let bounds = BOUNDS.iter().map(|bound| format!("{bound:?}"));
        for bound in bounds.chain(["+Inf".to_owned()]) {
            lines.push(format!("{HISTOGRAM}_bucket{{{labels},le=\"{bound}\"}} "));
        }
        for suffix in ["_sum", "_count"] {
            lines.push(format!("{HISTOGRAM}{suffix}{{{labels}}} "));
        }
    }
    rendering(case, "floor", Standing::Floor, move |text| {
        for (index, line) in lines.iter().enumerate() {
            text.push_str(line);
            // Writing to a text cannot fail.
            let _ = writeln!(text, "{}", count(index));
        }
    })
}

fn prometheus(case: Case) -> Entry {
    let registry = Registry::new();
    if case == Case::Render100k {
        let requests = IntCounterVec::new(Opts::new(COUNTER, "Requests."), &LABELS);
        let requests = requests.expect("valid labels");
        for (index, (component, shard)) in series(case).enumerate() {
            let labels = [REGION, &component, &shard];
            requests.with_label_values(&labels).inc_by(count(index));
        }
        registry.register(Box::new(requests)).expect("it is new");
    } else {
        let options = HistogramOpts::new(HISTOGRAM, "Latency.").buckets(BOUNDS.to_vec());
        let took = HistogramVec::new(options, &LABELS).expect("valid labels");
        for (component, shard) in series(case) {
            let labels = [REGION, &component, &shard];
            took.with_label_values(&labels).observe(OBSERVED);
        }
        registry.register(Box::new(took)).expect("it is new");
    }
    rendering(case, "prometheus", Standing::Peer, move |text| {
        let encoder = TextEncoder::new();
        let encoded = encoder.encode_utf8(&registry.gather(), text);
        encoded.expect("it encodes what it has gathered");
    })
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct Labels {
    region: &'static str,
    component: String,
    shard: String,
}

fn client(case: Case) -> Entry {
    let mut registry = prometheus_client::registry::Registry::default();
    let labelled = series(case).map(|(component, shard)| Labels {
        region: REGION,
        component,
        shard,
    });
    if case == Case::Render100k {
        let requests = Family::<Labels, Counter>::default();
        for (index, labels) in labelled.enumerate() {
            requests.get_or_create(&labels).inc_by(count(index));
        }
        registry.register("http_requests", "Requests.", requests);
    } else {
        let took: Family<Labels, Histogram> =
            Family::new_with_constructor(|| Histogram::new(BOUNDS));
        for labels in labelled {
            took.get_or_create(&labels).observe(OBSERVED);
        }
        registry.register(HISTOGRAM, "Latency.", took);
    }
    rendering(case, "prometheus-client", Standing::Peer, move |text| {
        let encoded = prometheus_client::encoding::text::encode(text, &registry);
        encoded.expect("writing to a text cannot fail");
    })
}

fn exporter(case: Case) -> Entry {
    let builder = PrometheusBuilder::new().set_buckets(&BOUNDS);
    let recorder = builder.expect("the bounds are not empty").build_recorder();
    let metadata = Metadata::new(module_path!(), Level::INFO, None);
    for (index, (component, shard)) in series(case).enumerate() {
        let labels = vec![
            Label::from_static_parts(LABELS[0], REGION),
            Label::new(LABELS[1], component),
            Label::new(LABELS[2], shard),
        ];
        if case == Case::Render100k {
            let key = Key::from_parts(COUNTER, labels);
            recorder
                .register_counter(&key, &metadata)
                .increment(count(index));
        } else {
            let key = Key::from_parts(HISTOGRAM, labels);
            recorder
                .register_histogram(&key, &metadata)
                .record(OBSERVED);
        }
    }
    let handle = recorder.handle();
    rendering(case, "metrics", Standing::Peer, move |text| {
        *text = handle.render();
    })
}

/// An entry that renders into a text which is made anew each time, as for each scrape, and checks that all of it is there.
fn rendering(
    case: Case,
    library: &'static str,
    standing: Standing,
    render: impl Fn(&mut String) + Send + Sync + 'static,
) -> Entry {
    Entry::new(case, library, standing, move |iterations| {
        for _ in 0..iterations {
            let mut text = String::new();
            render(&mut text);
            assert_complete(case, library, text.len());
            black_box(text);
        }
    })
}

/// A name and three labels take so many bytes, in any format.
fn assert_complete(case: Case, library: &str, bytes: usize) {
    let least = match case {
        Case::Render100k => 100_000 * 60,
        _ => 10_000 * 15 * 60,
    };
    assert!(bytes > least, "{library} rendered {bytes} bytes alone");
}
