//! Memory that a scrape takes beside the snapshot it renders, by an allocator that counts.

use std::future::poll_fn;
use std::pin::Pin;

use axum::body::Body;
use axum::http::Request;
use axum::http::header::{ACCEPT, ACCEPT_ENCODING};
use http_body::Body as _;
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use obs::{Component, Counter, Histogram, LabelValue, counter, histogram};
use obs_runtime::Runtime;
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const MIB: usize = 1024 * 1024;

static REQUESTS: Counter<Shard> =
    counter!("memory_requests_total", "Requests.", labels(region = "eu", shard: Shard));
static TOOK: Histogram<bool> = histogram!("memory_took_seconds", "Times.", labels(well: bool));

/// A hundred series, whose names do not matter here.
#[derive(Clone, Copy)]
struct Shard(usize);

impl LabelValue for Shard {
    const VALUES: &'static [&'static str] = &["shard"; 100];

    fn index(self) -> usize {
        self.0
    }
}

/// Scrapes chunk by chunk, keeping none; returns the bytes of the exposition, and by how much more memory was in use at
/// any time than after it, when of all that the scrape took the snapshot alone is left, as the runtime's latest.
async fn scrape(
    router: &TowerToHyperService<axum::Router>,
    accept: &str,
    coding: &str,
) -> (usize, usize) {
    let request = Request::get("/metrics")
        .header(ACCEPT, accept)
        .header(ACCEPT_ENCODING, coding);
    let request = request.body(Body::empty()).expect("it is well formed");
    let Ok(response) = router.call(request).await;
    let (mut body, mut bytes) = (response.into_body(), 0);
    ALLOCATOR.reset_peak_usage();
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.expect("an exposition does not fail");
        bytes += frame.data_ref().map_or(0, |data| data.len());
    }
    let peak = ALLOCATOR.peak_usage();
    drop(body);
    (bytes, peak.saturating_sub(ALLOCATOR.current_usage()))
}

#[test]
fn a_scrape_of_a_hundred_thousand_series_takes_less_than_a_mebibyte() {
    for component in 0..1_000 {
        Component::register(&format!("memory/{component}")).scope(|| {
            (0..100).for_each(|shard| REQUESTS.with(Shard(shard)).inc());
            TOOK.with(true).observe_seconds(0.5);
        });
    }
    let runtime = Runtime::builder()
        .no_server()
        // Nothing but scrapes merges meanwhile.
        .tick(std::time::Duration::from_secs(3600))
        .start()
        .expect("it starts");
    let router = TowerToHyperService::new(runtime.router());
    let executor = tokio::runtime::Builder::new_current_thread().build();
    let executor = executor.expect("it needs nothing of the system");
    for accept in [
        "text/plain",
        "application/openmetrics-text",
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
    ] {
        for coding in ["identity", "gzip"] {
            let (bytes, memory) = executor.block_on(scrape(&router, accept, coding));
            println!("{accept}, {coding}: {bytes} bytes, {memory} of memory");
            assert!(
                memory <= MIB,
                "{accept}, {coding}: {memory} bytes of memory"
            );
            // A text as a whole would have been far more.
            assert!(
                coding == "gzip" || bytes > 5 * MIB,
                "{accept}: {bytes} bytes"
            );
        }
    }
}
