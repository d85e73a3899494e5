//! obs: merged and rendered by a running runtime, asked through its router.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use http_body::Body as _;
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use obs::{Component, Counter, Histogram, LabelValue, counter, histogram};
use obs_runtime::Runtime;

use super::{COMPONENTS, FEW_SHARDS, OBSERVED, SHARDS, assert_complete, component_text, count};
use crate::case::Case;
use crate::entry::{Entry, Standing};
use crate::workload::BOUNDS;

const NAME: &str = "obs";
const TWELVE: &[f64] = &BOUNDS;

static REQUESTS: Counter<Shard<SHARDS>> = counter!(
    "http_requests_total",
    "Requests.",
    labels(region = "eu-central-1", shard: Shard<SHARDS>)
);
static TOOK: Histogram<Shard<FEW_SHARDS>> = histogram!(
    "http_response_duration_seconds",
    "Latency.",
    labels(region = "eu-central-1", shard: Shard<FEW_SHARDS>),
    bounds = TWELVE
);

/// So many of `00` to `99`.
#[derive(Clone, Copy)]
struct Shard<const COUNT: usize>(usize);

impl<const COUNT: usize> LabelValue for Shard<COUNT> {
    const VALUES: &'static [&'static str] = TEXTS.split_at(COUNT).0;

    fn index(self) -> usize {
        self.0
    }
}

const DIGITS: [u8; 2 * SHARDS] = {
    let mut digits = [0; 2 * SHARDS];
    let mut at = 0;
    while at < SHARDS {
        digits[2 * at] = b'0' + (at / 10) as u8;
        digits[2 * at + 1] = b'0' + (at % 10) as u8;
        at += 1;
    }
    digits
};

const TEXTS: [&str; SHARDS] = {
    let mut texts = [""; SHARDS];
    let (mut rest, mut at): (&[u8], _) = (&DIGITS, 0);
    while at < SHARDS {
        let (two, after) = rest.split_at(2);
        texts[at] = match std::str::from_utf8(two) {
            Ok(text) => text,
            Err(_) => panic!("digits are text"),
        };
        (rest, at) = (after, at + 1);
    }
    texts
};

pub(super) fn entry(case: Case) -> Entry {
    // Before the runtime starts, so that slabs have the cells of these cases alone.
    record(case);
    let runtime = Runtime::builder().no_server().start();
    let runtime = Arc::new(runtime.expect("no other runs"));
    let router = TowerToHyperService::new(runtime.router());
    Entry::new(case, NAME, Standing::Obs, move |iterations| {
        // It keeps merging while the router is asked.
        let _running = &runtime;
        let executor = tokio::runtime::Builder::new_current_thread().build();
        let executor = executor.expect("it needs nothing of the system");
        for _ in 0..iterations {
            let bytes = executor.block_on(scrape(&router));
            assert_complete(case, NAME, bytes);
        }
    })
}

fn record(case: Case) {
    for component in 0..COMPONENTS {
        Component::register(&component_text(component)).scope(|| {
            if case == Case::Render100k {
                // The last one first: a slab is as long as its first record needs, where that is little of all there is. So it has
                // the cells of this case alone, as in a program that has no other.
                for shard in (0..SHARDS).rev() {
                    let count = count(component * SHARDS + shard);
                    REQUESTS.with(Shard(shard)).inc_by(count);
                }
            } else {
                for shard in 0..FEW_SHARDS {
                    TOOK.with(Shard(shard)).observe_seconds(OBSERVED);
                }
            }
        });
    }
}

/// One scrape, chunk by chunk as a connection would take them; returns its bytes.
async fn scrape(router: &TowerToHyperService<axum::Router>) -> usize {
    let request = Request::get("/metrics").body(Body::empty());
    let request = request.expect("it is well formed");
    let Ok(response) = router.call(request).await;
    let (mut body, mut bytes) = (response.into_body(), 0);
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.expect("an exposition does not fail");
        bytes += frame.data_ref().map_or(0, |data| data.len());
    }
    bytes
}
