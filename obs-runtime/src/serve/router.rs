//! The paths of the runtime, and a word of help everywhere else.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;

use crate::model::Snapshots;

use super::metrics::{Endpoint, metrics};
use super::traces::Source;
use super::{landing, probe};

/// What a method other than GET and HEAD is answered with.
const UNKNOWN_METHOD: &str = "only GET and HEAD are answered here\n";

/// Returns the routes to mount in a server of one's own.
pub(crate) fn routes(snapshots: Arc<Snapshots>, traces: Option<Arc<dyn Source>>) -> Router {
    // Whatever executor the host has, it need not have a timer.
    scrapes(snapshots, false).merge(super::traces::routes(traces))
}

/// Returns the routes of the runtime's own server, which merges once per `tick` and answers what it does not know.
pub(crate) fn all(
    snapshots: Arc<Snapshots>,
    traces: Option<Arc<dyn Source>>,
    tick: Duration,
) -> Router {
    scrapes(snapshots.clone(), true)
        .merge(super::traces::routes(traces))
        .merge(landing::routes())
        .merge(probe::routes(snapshots, tick))
        .method_not_allowed_fallback(async || (StatusCode::METHOD_NOT_ALLOWED, UNKNOWN_METHOD))
        .fallback(async || (StatusCode::NOT_FOUND, unknown_path()))
}

fn scrapes(snapshots: Arc<Snapshots>, deadlines: bool) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .with_state(Endpoint {
            snapshots: snapshots.clone(),
            deadlines,
        })
        .merge(super::api::routes(snapshots))
}

fn unknown_path() -> String {
    let paths = landing::PATHS.map(|(path, purpose)| format!("{path}  {purpose}\n"));
    format!("no such path; there is:\n{}", paths.concat())
}
