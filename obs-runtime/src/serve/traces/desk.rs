//! Questions on threads of their own, so many at a time: what reads the disk or waits for the collector holds up no scrape.

use std::sync::Arc;
use std::thread;

use axum::body::Body;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use tokio::sync::{Semaphore, oneshot};

use super::refused::Refused;
use super::source::Source;
use crate::serve::untold::Untold;

pub(super) const JSON: &str = "application/json";

/// How many questions of one length are worked out at a time. More: more people can look at once. Less: less memory and disk
/// for questions.
const AT_A_TIME: usize = 4;

const NO_TRACES: &str = "this runtime records no traces: `traces.on` is false, `no_traces` was called, or another collector of the \
                         process has them";
const FULL: &str = "too many questions about traces are being worked out: ask again in a second";
const NO_THREAD: &str = "the system gives no thread to work this out: ask again in a second";
const BROKEN: &str = "working this out ended in a panic; the program's standard error says where";

/// Where questions come in.
#[derive(Clone)]
pub(super) struct Desk {
    source: Option<Arc<dyn Source>>,
    /// Places for questions that read the disk, and for others: these are answered however long the others take.
    places: [Arc<Semaphore>; 2],
}

/// How long a question may take.
#[derive(Debug, Clone, Copy)]
pub(super) enum Length {
    /// As long as it takes to read the disk.
    Long,
    /// As long as it takes to look at counts.
    Short,
}

/// What a question is answered with.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) media: &'static str,
    /// The name of the file, if it is one.
    pub(super) file: Option<String>,
    pub(super) body: Vec<u8>,
}

impl Desk {
    pub(super) fn new(source: Option<Arc<dyn Source>>) -> Desk {
        let places = || Arc::new(Semaphore::new(AT_A_TIME));
        Desk {
            source,
            places: [places(), places()],
        }
    }

    /// Answers with what becomes of a question, worked out on another thread; HEAD costs nothing, and tells no length.
    pub(super) async fn answer(
        &self,
        method: &Method,
        length: Length,
        question: impl FnOnce(&dyn Source) -> Result<Answer, Refused> + Send + 'static,
    ) -> Response {
        if method == Method::HEAD {
            return ([(CONTENT_TYPE, JSON)], Body::new(Untold)).into_response();
        }
        let answer = self.ask(length, question).await;
        answer.map_or_else(IntoResponse::into_response, IntoResponse::into_response)
    }

    async fn ask(
        &self,
        length: Length,
        question: impl FnOnce(&dyn Source) -> Result<Answer, Refused> + Send + 'static,
    ) -> Result<Answer, Refused> {
        let unavailable = |why| Refused::new(StatusCode::SERVICE_UNAVAILABLE, why);
        let source = self.source.clone();
        let source = source.ok_or_else(|| Refused::new(StatusCode::NOT_FOUND, NO_TRACES))?;
        let places = self.places[length as usize].clone();
        let place = places.try_acquire_owned().map_err(|_| unavailable(FULL))?;
        let (tell, told) = oneshot::channel();
        // Any executor may serve the routes, so that none is asked for a thread.
        let asking = thread::Builder::new().name("obs-ask".to_owned());
        let asked = asking.spawn(move || {
            let answer = question(&*source);
            drop((source, place));
            // Whoever asked may be gone.
            let _ = tell.send(answer);
        });
        asked.map_err(|_| unavailable(NO_THREAD))?;
        let broken = |_| Refused::new(StatusCode::INTERNAL_SERVER_ERROR, BROKEN);
        told.await.map_err(broken)?
    }
}

impl Answer {
    /// A wire type, written.
    pub(super) fn json(written: serde_json::Result<Vec<u8>>) -> Result<Answer, Refused> {
        let body = written.map_err(|error| {
            let why = format!("the answer cannot be written as JSON: {error}");
            Refused::new(StatusCode::INTERNAL_SERVER_ERROR, why)
        });
        Ok(Answer {
            media: JSON,
            file: None,
            body: body?,
        })
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let media = [(CONTENT_TYPE, self.media)];
        match self.file {
            Some(name) => {
                let disposition = format!("attachment; filename=\"{name}\"");
                (media, [(CONTENT_DISPOSITION, disposition)], self.body).into_response()
            }
            None => (media, self.body).into_response(),
        }
    }
}
