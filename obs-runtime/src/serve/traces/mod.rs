//! What is asked about traces, under `/api/obs/v1/`: lists, whole traces, what is open, where time goes, what was counted.
//!
//! In: what a [`Source`] answers. Out: [`crate::api::traces`] as JSON, and traces as files.
//! Loss: questions that come while too many are being worked out are turned away; whoever asks is told so.

/// Questions on threads of their own, so many at a time.
mod desk;
/// What a question's parameters say.
mod parameters;
/// Why a question is not answered.
mod refused;
/// What can be asked, whoever answers.
mod source;

/// What was counted, as wire types.
mod accounting;
/// Traces as files.
mod files;
/// Lists, as wire types.
mod list;
/// What is under way, as wire types.
mod open;
/// Where time goes, as wire types.
mod profile;
/// A trace as a tree.
mod tree;
/// A trace, as wire types.
mod whole;
/// Words of the model, as those of the wire.
mod words;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{Method, Uri};
use axum::response::Response;
use axum::routing::get;
use serde_json::to_vec;

use crate::api::traces as api;
use desk::{Answer, Desk, Length};
use parameters::Parameters;

pub(crate) use api::LEAST_DIGITS;
pub(crate) use source::Source;
pub use source::{NoTrace, Shelf, Whole};

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
        let search = list::search(&parameters)?;
        let found = source.search(&search)?;
        Answer::json(to_vec(&list::wire(&search, found, source.now_ns())))
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
        let format = files::Format::of(&parameters)?;
        let whole = source.get(&id)?;
        let root = whole::root(&whole, &parameters)?;
        match format {
            Some(format) => files::of_trace(&whole.trace, root, format),
            None => Answer::json(to_vec(&whole::wire(&whole, root, source.now_ns()))),
        }
    })
    .await
}

async fn open_spans(State(desk): State<Desk>, method: Method, uri: Uri) -> Response {
    desk.answer(&method, Length::Short, move |source| {
        let parameters = Parameters::of(&uri, &["limit"])?;
        let limit = parameters.limit(MOST, MOST)?;
        Answer::json(to_vec(&open::wire(&source.open()?, limit)))
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
            Answer::json(to_vec(&profile::wire(
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
        Answer::json(to_vec(&accounting::wire(
            &accounting,
            &shelf,
            source.now_ns(),
        )))
    })
    .await
}

#[cfg(test)]
mod tests;
