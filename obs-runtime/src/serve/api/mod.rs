//! obs's own HTTP API, under `/api/obs/v1/`: what obs-cli reads, as the wire types of [`crate::api`] in JSON.
//!
//! In: fresh snapshots. Out: [`api::Snapshot`], [`api::Catalogue`]. Loss: none; a client that goes away half way is not counted.

/// A snapshot as JSON, rendered while it is sent.
mod body;
/// The catalogue behind a snapshot.
mod catalogue;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::api;
use crate::model::{Snapshot, Snapshots, Stopped};

use body::SnapshotBody;

const JSON: &str = "application/json";

/// What a question is answered with once the runtime has stopped.
const STOPPED: &str = "the obs runtime of this process has been shut down\n";

/// Returns the routes of the API.
pub(crate) fn routes(snapshots: Arc<Snapshots>) -> Router {
    Router::new()
        .route(api::SNAPSHOT_PATH, get(snapshot))
        .route(api::CATALOGUE_PATH, get(catalogue))
        .with_state(snapshots)
}

async fn snapshot(State(snapshots): State<Arc<Snapshots>>, method: Method) -> Response {
    answer(&snapshots, &method, |snapshot| {
        Ok(Body::new(SnapshotBody::new(snapshot)))
    })
    .await
}

async fn catalogue(State(snapshots): State<Arc<Snapshots>>, method: Method) -> Response {
    answer(&snapshots, &method, |snapshot| {
        serde_json::to_vec(&api::Catalogue::from(&*snapshot)).map(Body::from)
    })
    .await
}

/// Answers with what becomes of a fresh snapshot; HEAD costs no merge, and tells no length.
async fn answer(
    snapshots: &Snapshots,
    method: &Method,
    render: impl FnOnce(Arc<Snapshot>) -> serde_json::Result<Body>,
) -> Response {
    if method == Method::HEAD {
        return ([(CONTENT_TYPE, JSON)], Body::new(SnapshotBody::untold())).into_response();
    }
    match snapshots.fresh().await.map(render) {
        Ok(Ok(body)) => ([(CONTENT_TYPE, JSON)], body).into_response(),
        Ok(Err(error)) => (
            StatusCode::INTERNAL_SERVER_ERROR,
            format!("the answer cannot be written as JSON: {error}\n"),
        )
            .into_response(),
        Err(Stopped) => (StatusCode::SERVICE_UNAVAILABLE, STOPPED).into_response(),
    }
}
