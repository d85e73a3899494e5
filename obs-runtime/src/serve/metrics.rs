//! The answer to a scrape.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderName, RETRY_AFTER, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use crate::model::{Snapshot, Snapshots, Stopped};

use super::exposition::{Exposition, Gzip, Names, Rendering};
use super::negotiation::{Coding, Media, TIMEOUT_HEADER, patience};
use super::scrape::Scrape;
use super::untold::Untold;

/// What a scrape is answered with once the runtime has stopped.
const STOPPED: &str = "the obs runtime of this process has been shut down\n";

/// What a scrape is answered with that cannot wait any longer.
const LATE: &str = "no merge ended within the time that this scraper waits\n";

/// Where scrapes come in.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    pub(crate) snapshots: Arc<Snapshots>,
    /// Whether a scrape waits no longer than its client does. It takes the timer of the runtime's own executor.
    pub(crate) deadlines: bool,
}

/// What a request asks for.
struct Request {
    media: Media,
    coding: Coding,
    names: Names,
    patience: Option<Duration>,
}

/// Answers a scrape.
pub(crate) async fn metrics(
    State(endpoint): State<Endpoint>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let request = Request::new(&uri, &headers);
    if method == Method::HEAD {
        return answer(request.media, request.coding, Body::new(Untold));
    }
    let scrape = Scrape::begin(request.media, Instant::now());
    let patience = request.patience.filter(|_| endpoint.deadlines);
    match endpoint.fresh(patience).await {
        Some(Ok(snapshot)) => request.serve(snapshot, scrape),
        Some(Err(Stopped)) => {
            scrape.turn_away();
            (StatusCode::SERVICE_UNAVAILABLE, STOPPED).into_response()
        }
        None => {
            scrape.give_up();
            let retry = [(RETRY_AFTER, "1")];
            (StatusCode::SERVICE_UNAVAILABLE, retry, LATE).into_response()
        }
    }
}

impl Endpoint {
    /// A fresh snapshot; `None` where it did not come in time. An old one would be a lie: a server stores what it gets
    /// as of now.
    async fn fresh(&self, patience: Option<Duration>) -> Option<Result<Arc<Snapshot>, Stopped>> {
        let fresh = self.snapshots.fresh();
        match patience {
            Some(patience) => tokio::time::timeout(patience, fresh).await.ok(),
            None => Some(fresh.await),
        }
    }
}

impl Request {
    fn new(uri: &Uri, headers: &HeaderMap) -> Request {
        let timeout = headers.get(TIMEOUT_HEADER);
        Request {
            media: Media::negotiate(texts(headers, ACCEPT)),
            coding: Coding::negotiate(texts(headers, ACCEPT_ENCODING)),
            names: Names::of_query(uri.query().unwrap_or_default()),
            patience: timeout.and_then(|timeout| patience(timeout.to_str().ok()?)),
        }
    }

    fn serve(&self, snapshot: Arc<Snapshot>, scrape: Scrape) -> Response {
        let rendering = Rendering::new(self.media, &snapshot, &self.names);
        let gzip = match self.coding {
            Coding::Gzip => Gzip::new(),
            Coding::Identity => None,
        };
        let coding = match gzip {
            Some(_) => Coding::Gzip,
            None => Coding::Identity,
        };
        let body = Exposition::new(snapshot, rendering, gzip, scrape);
        answer(self.media, coding, Body::new(body))
    }
}

/// The values of a header that are text.
fn texts(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let values = headers.get_all(name).into_iter();
    values.filter_map(|value| value.to_str().ok())
}

fn answer(media: Media, coding: Coding, body: Body) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    let mut say = |name, value| headers.insert(name, HeaderValue::from_static(value));
    say(CONTENT_TYPE, media.content_type());
    say(VARY, "Accept, Accept-Encoding");
    if let Some(coding) = coding.name() {
        say(CONTENT_ENCODING, coding);
    }
    response
}
