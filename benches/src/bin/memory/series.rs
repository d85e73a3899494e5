//! What a series with three text labels takes on the heap, beside the peers.

use anyhow::{Context, Result, bail};
use metrics_exporter_prometheus::PrometheusBuilder;
use obs::Component;
use obs_runtime::Runtime;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::metrics::{self, REQUESTS};
use crate::{apart, heap_bytes, verdict};

const SERIES: usize = 100_000;
const LIBRARIES: [&str; 4] = ["obs", "metrics", "prometheus", "prometheus-client"];

/// What one process found.
#[derive(Serialize, Deserialize)]
struct Row {
    library: String,
    series: usize,
    /// By which the heap grew; for obs with two snapshots, as a runtime holds that is asked.
    heap_bytes: u64,
}

impl Row {
    fn per_series(&self) -> f64 {
        self.heap_bytes as f64 / self.series as f64
    }
}

/// Measures every library, and prints obs beside the best of the others.
pub(crate) fn table(_: bool) -> Result<Value> {
    let measure = |library| apart::measure(&["series", library]);
    let rows = LIBRARIES.map(measure).into_iter();
    let rows = rows.collect::<Result<Vec<Row>>>()?;
    println!(
        "{:<20}{:>9}{:>10}{:>14}",
        "library", "series", "heap MB", "bytes/series"
    );
    for row in &rows {
        println!(
            "{:<20}{:>9}{:>10.2}{:>14.1}",
            row.library,
            row.series,
            row.heap_bytes as f64 / 1e6,
            row.per_series()
        );
    }
    let (own, peers) = rows.split_first().context("obs comes first")?;
    let best = peers.iter().map(Row::per_series).fold(f64::MAX, f64::min);
    let ratio = own.per_series() / best;
    println!(
        "One component, one thread, three text labels. obs / best peer: {ratio:.2}, at most 1, {}.",
        verdict(ratio <= 1.0)
    );
    Ok(serde_json::to_value(rows)?)
}

/// Measures one library.
pub(crate) fn measure(row: &[&str]) -> Result<()> {
    let [library] = row else {
        bail!("{row:?}: one library makes such a row");
    };
    let heap_bytes = match *library {
        "obs" => obs()?,
        "metrics" => metrics_exporter(),
        "prometheus" => prometheus()?,
        "prometheus-client" => prometheus_client(),
        _ => bail!("there is no library `{library}`"),
    };
    apart::answer(&Row {
        library: (*library).to_owned(),
        series: SERIES,
        heap_bytes,
    })
}

/// Everything that obs keeps: slabs, texts, index, what the thread remembers, and the snapshots of the runtime, the one
/// before included, from which the next is made.
fn obs() -> Result<u64> {
    let runtime = Runtime::builder().no_server().start()?;
    let component = Component::register("one");
    // The first merges make what a runtime has without any series.
    runtime.snapshot();
    runtime.snapshot();
    let before = heap_bytes();
    component.scope(|| metrics::each_text(SERIES, |texts| REQUESTS.with(texts).inc()));
    let held = runtime.snapshot();
    runtime.snapshot();
    let found = held.series_of("requests_total").count();
    anyhow::ensure!(found == SERIES, "{found} series were merged");
    Ok(heap_bytes() - before)
}

fn metrics_exporter() -> u64 {
    let recorder = PrometheusBuilder::new().build_recorder();
    let before = heap_bytes();
    ::metrics::with_local_recorder(&recorder, || {
        metrics::each_text(SERIES, |[route, method, status]| {
            let labels = [
                ("route", route.to_owned()),
                ("method", method.to_owned()),
                ("status", status.to_owned()),
            ];
            ::metrics::counter!("requests_total", &labels).increment(1);
        });
    });
    heap_bytes() - before
}

fn prometheus() -> Result<u64> {
    let before = heap_bytes();
    let registry = prometheus::Registry::new();
    let options = prometheus::Opts::new("requests_total", "Requests.");
    let requests = prometheus::IntCounterVec::new(options, &["route", "method", "status"])?;
    registry.register(Box::new(requests.clone()))?;
    metrics::each_text(SERIES, |texts| requests.with_label_values(&texts).inc());
    Ok(heap_bytes() - before)
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct Labels {
    route: String,
    method: String,
    status: String,
}

fn prometheus_client() -> u64 {
    let before = heap_bytes();
    let mut registry = prometheus_client::registry::Registry::default();
    let requests = Family::<Labels, Counter>::default();
    registry.register("requests", "Requests.", requests.clone());
    metrics::each_text(SERIES, |texts| {
        let [route, method, status] = texts.map(str::to_owned);
        let labels = Labels {
            route,
            method,
            status,
        };
        requests.get_or_create(&labels).inc();
    });
    heap_bytes() - before
}
