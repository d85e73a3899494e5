//! What is asked about traces, under `/api/obs/v1/`: lists, whole traces, what is open, where time goes, what was counted.
//!
//! In: what a [`Source`] knows. Out: what [`crate::answer`] makes of it, as JSON, and traces as files.
//! Loss: questions that come while too many are being worked out are turned away; whoever asks is told so.

/// Questions on threads of their own, so many at a time.
mod desk;
/// What a question's parameters say.
mod parameters;
/// Why a question is not answered.
mod refused;
/// What can be asked, whoever answers.
mod source;

/// Files to download.
mod files;
/// Whose critical path is asked for.
mod root;
/// Which traces are asked for.
mod search;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{Method, Uri};
use axum::response::Response;
use axum::routing::get;
use serde_json::to_vec;

use crate::answer::traces as answer;
use crate::api::traces as api;
use desk::{Answer, Desk, Length};
use parameters::Parameters;

pub(crate) use api::LEAST_DIGITS;
pub use source::NoTrace;
pub(crate) use source::Source;

/// How many operations, call paths and open spans are listed.
const DEFAULT_LIMIT: usize = 100;

/// So many at most of anything.
const MOST: usize = 10_000;

/// Returns the routes.
pub(crate) fn routes(source: Option<Arc<dyn Source>>) -> Router {
    Router::new()
        .route(api::TRACES_PATH, get(list_of_traces))
        .route(&format!("{}{{id}}", api::TRACE_PATH), get(one_trace))
        .route(api::OPEN_PATH, get(open_spans))
        .route(api::BOTTLENECKS_PATH, get(bottlenecks))
        .route(api::ACCOUNTING_PATH, get(accounts))
        .with_state(Desk::new(source))
}

async fn list_of_traces(State(desk): State<Desk>, method: Method, uri: Uri) -> Response {
    desk.answer(&method, Length::Long, move |source| {
        let parameters = Parameters::of(&uri, &["q", "order", "limit", "after"])?;
        let search = search::of(&parameters)?;
        let found = source.search(&search)?;
        Answer::json(to_vec(&answer::list(&search, found, source.now_ns())))
    })
    .await
}

async fn one_trace(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    method: Method,
    uri: Uri,
) -> Response {
    desk.answer(&method, Length::Long, move |source| {
        let parameters = Parameters::of(&uri, &["root", "format"])?;
        let format = files::format(&parameters)?;
        let whole = source.get(&id)?;
        let root = root::of(&whole.trace, &parameters)?;
        match format {
            Some(format) => files::of_trace(&whole.trace, root, format),
            None => Answer::json(to_vec(&answer::whole(&whole, root, source.now_ns()))),
        }
    })
    .await
}

async fn open_spans(State(desk): State<Desk>, method: Method, uri: Uri) -> Response {
    desk.answer(&method, Length::Short, move |source| {
        let parameters = Parameters::of(&uri, &["limit"])?;
        let limit = parameters.limit(MOST, MOST)?;
        Answer::json(to_vec(&answer::open(&source.open()?, limit)))
    })
    .await
}

async fn bottlenecks(State(desk): State<Desk>, method: Method, uri: Uri) -> Response {
    desk.answer(&method, Length::Long, move |source| {
        let parameters = Parameters::of(&uri, &["root", "limit", "format"])?;
        let limit = parameters.limit(DEFAULT_LIMIT, MOST)?;
        let root = parameters.get("root");
        let is_file = files::is_folded(&parameters)?;
        let profile = source.profile()?;
        if is_file {
            files::of_profile(&profile, root)
        } else {
            Answer::json(to_vec(&answer::bottlenecks(
                &profile,
                root,
                limit,
                source.now_ns(),
            )))
        }
    })
    .await
}

async fn accounts(State(desk): State<Desk>, method: Method, uri: Uri) -> Response {
    desk.answer(&method, Length::Short, move |source| {
        Parameters::of(&uri, &[])?;
        let (accounting, shelf) = source.accounting()?;
        Answer::json(to_vec(&answer::accounting(
            &accounting,
            &shelf,
            source.now_ns(),
        )))
    })
    .await
}

#[cfg(test)]
mod tests;
