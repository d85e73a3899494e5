//! From parameters to answers, and to refusals.

use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{StatusCode, Uri};
use axum::response::IntoResponse;

use super::*;
use crate::answer::traces::{Shelf, Whole};
use crate::api::traces::{Refusal, TraceFormat};
use crate::evaluate::traces::{Accounting, OpenSpans, Profile};
use crate::model::Stopped;
use crate::model::trace::Trace;
use crate::model::trace::fixture::{span, trace};
use crate::query::traces::{Found, Search};

/// Answers nothing, and counts only when it is told to.
struct Nothing(Mutex<Receiver<()>>);

impl Source for Nothing {
    fn search(&self, _: &Search) -> Result<Found, Stopped> {
        Err(Stopped)
    }

    fn get(&self, _: &str) -> Result<Whole, NoTrace> {
        Err(NoTrace::Unknown)
    }

    fn open(&self) -> Result<OpenSpans, Stopped> {
        Ok(OpenSpans::default())
    }

    fn profile(&self) -> Result<Profile, Stopped> {
        let told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.recv().expect("the test tells");
        Ok(Profile::default())
    }

    fn accounting(&self) -> Result<(Accounting, Shelf), Stopped> {
        panic!("the counts are gone")
    }

    fn now_ns(&self) -> u64 {
        7
    }
}

fn parameters(query: &str) -> Parameters {
    let uri: Uri = format!("/x?{query}").parse().expect("it is an address");
    let known = ["q", "order", "limit", "after", "root", "format"];
    Parameters::of(&uri, &known).expect("they are known")
}

fn refusal(refused: refused::Refused) -> (StatusCode, Refusal) {
    let response = refused.into_response();
    let status = response.status();
    let body = block_on(axum::body::to_bytes(response.into_body(), usize::MAX));
    let body = body.expect("it is there");
    (status, serde_json::from_slice(&body).expect("it is JSON"))
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let executor = tokio::runtime::Builder::new_current_thread().build();
    executor.expect("it starts").block_on(future)
}

#[test]
fn a_query_that_does_not_parse_is_pointed_at() {
    let faulty = parameters("q=op:a+dru%3E5ms");
    let (status, refusal) = refusal(search::of(&faulty).expect_err("there is no `dru`"));
    assert_eq!((status, refusal.column), (StatusCode::BAD_REQUEST, Some(6)));
    assert!(refusal.error.contains("`dur`"), "{}", refusal.error);
    assert_eq!(refusal.pointed.as_deref(), Some("op:a dru>5ms\n     ^"));
}

#[test]
fn what_is_asked_for_is_what_is_searched() {
    let search = search::of(&parameters("q=err&order=own:storage.*&limit=7"));
    let search = search.expect("it is right");
    let said = (search.query.to_string(), search.order.to_string());
    assert_eq!(said, ("err".to_owned(), "self:storage.*".to_owned()));
    assert_eq!((search.limit, search.after), (7, None));
    for (faulty, says) in [
        ("limit=0", "from 1 to 1000"),
        ("limit=many", "from 1 to 1000"),
        ("order=fastest", "newest, slowest"),
        ("after=x", "one that an answer has given"),
    ] {
        let (status, refusal) = refusal(search::of(&parameters(faulty)).expect_err(faulty));
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(refusal.error.contains(says), "{}", refusal.error);
    }
}

#[test]
fn parameters_that_nobody_knows_are_refused() {
    for (query, says) in [("q=a&lmit=3", "`lmit`"), ("q=a&q=b", "twice")] {
        let uri: Uri = format!("/x?{query}").parse().expect("it is an address");
        let refused = Parameters::of(&uri, &["q", "limit"]).expect_err("it is wrong");
        let (_, refusal) = refusal(refused);
        assert!(refusal.error.contains(says), "{}", refusal.error);
    }
}

/// A question with one answer for each of its places.
fn desk() -> (Desk, std::sync::mpsc::Sender<()>) {
    let (tell, told) = channel();
    (Desk::new(Some(Arc::new(Nothing(Mutex::new(told))))), tell)
}

#[test]
fn more_long_questions_than_places_are_turned_away_and_short_ones_are_not() {
    let (desk, tell) = desk();
    let uri: Uri = "/x".parse().expect("it is an address");
    let ask = || bottlenecks(State(desk.clone()), Method::GET, uri.clone());
    let statuses = block_on(async {
        let waiting = tokio::task::LocalSet::new();
        waiting
            .run_until(async {
                let asked: Vec<_> = (0..4).map(|_| tokio::task::spawn_local(ask())).collect();
                tokio::task::yield_now().await;
                let full = ask().await.status();
                let open = open_spans(State(desk.clone()), Method::GET, uri.clone());
                let head = bottlenecks(State(desk.clone()), Method::HEAD, uri.clone());
                let mut statuses = vec![full, open.await.status(), head.await.status()];
                (0..4).for_each(|_| tell.send(()).expect("it waits"));
                for asked in asked {
                    statuses.push(asked.await.expect("it is answered").status());
                }
                statuses
            })
            .await
    });
    assert_eq!(statuses[0], StatusCode::SERVICE_UNAVAILABLE);
    assert!(statuses[1..].iter().all(|status| *status == StatusCode::OK));
}

#[test]
fn what_cannot_be_answered_is_said_with_a_status() {
    let (desk, _tell) = desk();
    let uri: Uri = "/x".parse().expect("it is an address");
    let state = || State(desk.clone());
    let id = Path("4bf9".to_owned());
    let unknown = one_trace(state(), id, Method::GET, uri.clone());
    assert_eq!(block_on(unknown).status(), StatusCode::NOT_FOUND);
    let stopped = block_on(list_of_traces(state(), Method::GET, uri.clone()));
    assert_eq!(stopped.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(stopped.headers().contains_key("retry-after"));
    let broken = block_on(accounts(state(), Method::GET, uri.clone()));
    assert_eq!(broken.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let off = block_on(accounts(State(Desk::new(None)), Method::GET, uri));
    assert_eq!(off.status(), StatusCode::NOT_FOUND);
}

fn sample() -> Trace {
    trace(
        0xabc,
        vec![
            span(1, None, "pay", (10, 110)),
            span(2, Some(1), "get", (20, 60)),
        ],
    )
}

#[test]
fn the_span_whose_path_is_asked_for_must_be_there() {
    let of = sample();
    let root = root::of(&of, &parameters("root=0000000000000002"));
    assert_eq!(root.expect("it is there"), Some(1));
    let none = root::of(&of, &parameters("q=a"));
    assert_eq!(none.expect("it is not asked for"), None);
    for (faulty, status) in [
        ("root=4", StatusCode::BAD_REQUEST),
        ("root=00000000000000ff", StatusCode::NOT_FOUND),
    ] {
        let refused = root::of(&of, &parameters(faulty)).expect_err(faulty);
        assert_eq!(refusal(refused).0, status);
    }
}

#[test]
fn a_file_has_a_name_and_a_media_type() {
    let of = sample();
    for (name, media, ending) in [
        ("otlp", "application/x-ndjson", "otlp.jsonl"),
        ("chrome", "application/json", "chrome.json"),
        ("folded", "text/plain; charset=utf-8", "folded"),
    ] {
        let format = files::format(&parameters(&format!("format={name}")));
        let format = format.ok().flatten().expect("there is such a format");
        let answer = files::of_trace(&of, None, format).expect("it is written");
        assert_eq!(answer.media, media);
        let file = answer.file.expect("it has a name");
        assert_eq!(file, format!("trace-{}.{ending}", of.id));
    }
    let none = files::format(&parameters("q=a")).expect("it is not asked for");
    assert_eq!(none, None::<TraceFormat>);
    let refused = files::format(&parameters("format=pdf")).expect_err("there is none");
    assert!(refusal(refused).1.error.contains("otlp, chrome or folded"));
}
