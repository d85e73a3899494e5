//! The paths of the runtime: `/metrics`, and a word of help everywhere else.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http_body::Frame;

use crate::model::{Snapshots, Stopped};

use super::exposition::{Exposition, Format};
use super::scrape::Scrape;

/// What an unknown path is answered with.
const UNKNOWN_PATH: &str =
    "no such path; there is:\n/metrics  what the process has recorded, for Prometheus\n";

/// What a method other than GET and HEAD is answered with.
const UNKNOWN_METHOD: &str = "only GET and HEAD are answered here\n";

/// What a scrape is answered with once the runtime has stopped.
const STOPPED: &str = "the obs runtime of this process has been shut down\n";

/// Returns the routes to mount in a server of one's own.
pub(crate) fn routes(snapshots: Arc<Snapshots>) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .with_state(snapshots)
}

/// Returns the routes of the runtime's own server, which also answers what it does not know.
pub(crate) fn all(snapshots: Arc<Snapshots>) -> Router {
    routes(snapshots)
        .method_not_allowed_fallback(async || (StatusCode::METHOD_NOT_ALLOWED, UNKNOWN_METHOD))
        .fallback(async || (StatusCode::NOT_FOUND, UNKNOWN_PATH))
}

async fn metrics(
    State(snapshots): State<Arc<Snapshots>>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let accepted = headers.get_all(ACCEPT).iter();
    let format = Format::negotiate(accepted.filter_map(|value| value.to_str().ok()));
    if method == Method::HEAD {
        return exposition(format, Body::new(Untold));
    }
    let scrape = Scrape::begin(format, Instant::now());
    match snapshots.fresh().await {
        Ok(snapshot) => {
            let body = Exposition::new(snapshot, format, scrape);
            exposition(format, Body::new(body))
        }
        Err(Stopped) => {
            scrape.turn_away();
            (StatusCode::SERVICE_UNAVAILABLE, STOPPED).into_response()
        }
    }
}

/// The body of an answer to HEAD: nothing, of a length that only GET finds out, so that no header tells a wrong one.
struct Untold;

impl http_body::Body for Untold {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(None)
    }
}

fn exposition(format: Format, body: Body) -> Response {
    ([(CONTENT_TYPE, format.content_type())], body).into_response()
}
