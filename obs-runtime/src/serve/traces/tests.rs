//! From parameters to answers, and from traces to wire types.

use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{StatusCode, Uri};
use axum::response::IntoResponse;

use super::*;
use crate::api::traces::{ByClass, Class, Refusal, Standing};
use crate::evaluate::traces::{Accounting, OpenSpans, Profile};
use crate::model::Stopped;
use crate::model::trace::fixture::{any_trace, span, trace};
use crate::model::trace::{Edge, Trace};
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
    let (status, refusal) = refusal(list::search(&faulty).expect_err("there is no `dru`"));
    assert_eq!((status, refusal.column), (StatusCode::BAD_REQUEST, Some(6)));
    assert!(refusal.error.contains("`dur`"), "{}", refusal.error);
    assert_eq!(refusal.pointed.as_deref(), Some("op:a dru>5ms\n     ^"));
}

#[test]
fn what_is_asked_for_is_what_is_searched() {
    let search = list::search(&parameters("q=err&order=own:storage.*&limit=7"));
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
        let (status, refusal) = refusal(list::search(&parameters(faulty)).expect_err(faulty));
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

fn whole(trace: Trace) -> Whole {
    Whole {
        trace: Arc::new(trace),
        is_live: false,
        threads: vec![(3, Arc::from("main"))],
    }
}

fn sample() -> Trace {
    let mut detached = span(4, Some(1), "audit", (30, 200));
    detached.edge = Edge::Detached;
    trace(
        0xabc,
        vec![
            span(1, None, "pay", (10, 110)),
            span(2, Some(1), "get", (20, 60)),
            span(3, Some(1), "put", (20, 50)),
            detached,
            span(5, Some(4), "write", (40, 50)),
            span(6, Some(99), "orphan", (70, 80)),
            span(7, None, "other", (71, 72)),
        ],
    )
}

#[test]
fn a_trace_travels_as_a_tree_with_its_path() {
    let wire = whole::wire(&whole(sample()), None, 9);
    let row = |span: &api::Span| (span.operation.clone(), span.depth, span.standing);
    let rows: Vec<_> = wire.spans.iter().map(row).collect();
    let expected = [
        ("pay", 0, Standing::Critical),
        ("get", 1, Standing::Critical),
        ("put", 1, Standing::Parallel),
        ("audit", 1, Standing::Detached),
        ("write", 2, Standing::Detached),
        ("orphan", 1, Standing::Critical),
        ("other", 0, Standing::OtherRoot),
    ];
    assert_eq!(
        rows,
        expected.map(|(name, depth, standing)| (name.to_owned(), depth, standing))
    );
    let path = &wire.critical_path;
    assert_eq!(
        (wire.start_unix_ns, path.duration_ns),
        (10_000_000, 100_000_000)
    );
    let gap = path
        .segments
        .iter()
        .find(|segment| segment.class == Class::Gap);
    assert_eq!((path.root, path.other_roots.clone()), (Some(0), vec![6]));
    assert_eq!(path.missing, ["0000000000000063"]);
    assert!(gap.is_none_or(|gap| gap.missing == Some(0) && gap.span.is_none()));
    assert_eq!(path.by_class.sum_ns(), path.duration_ns);
}

#[test]
fn another_span_has_a_path_of_its_own() {
    let whole = whole(sample());
    let root = whole::root(&whole, &parameters("root=0000000000000004"));
    let root = root.expect("it is there");
    let wire = whole::wire(&whole, root, 9);
    assert_eq!(wire.spans[3].standing, Standing::Critical);
    assert_eq!(wire.spans[0].standing, Standing::OtherRoot);
    assert_eq!(wire.critical_path.root, Some(3));
    for (faulty, status) in [
        ("root=4", StatusCode::BAD_REQUEST),
        ("root=00000000000000ff", StatusCode::NOT_FOUND),
    ] {
        let refused = whole::root(&whole, &parameters(faulty)).expect_err(faulty);
        assert_eq!(refusal(refused).0, status);
    }
}

#[test]
fn the_path_of_any_trace_adds_up_on_the_wire() {
    for of in (1..300).map(any_trace) {
        let wire = whole::wire(&whole(of), None, 9);
        let path = &wire.critical_path;
        let mut by_class = ByClass::default();
        let mut sum = 0;
        for segment in &path.segments {
            let ns = segment.to_ns - segment.from_ns;
            sum += ns;
            match segment.class {
                Class::Run => by_class.run_ns += ns,
                Class::Wait => by_class.wait_ns += ns,
                Class::Queue => by_class.queue_ns += ns,
                Class::Overlap => by_class.overlap_ns += ns,
                Class::Gap => by_class.gap_ns += ns,
                Class::Open => by_class.open_ns += ns,
                Class::Unknown => panic!("every class has a word"),
            }
            match (segment.span, segment.missing) {
                (Some(span), None) => assert!((span as usize) < wire.spans.len()),
                (None, Some(missing)) => assert!((missing as usize) < path.missing.len()),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!((sum, by_class), (path.duration_ns, path.by_class));
        let json = serde_json::to_string(&wire).expect("it can be written");
        let read: api::Trace = serde_json::from_str(&json).expect("it can be read");
        assert_eq!(read.spans.len(), wire.spans.len());
    }
}

#[test]
fn a_trace_is_a_file_in_each_format() {
    let of = sample();
    for (name, begins) in [
        ("otlp", "{\"resourceSpans\""),
        ("chrome", "{\"traceEvents\":["),
        ("folded", "pay "),
    ] {
        let format = files::Format::of(&parameters(&format!("format={name}")));
        let format = format.ok().flatten().expect("there is such a format");
        let answer = files::of_trace(&of, None, format).expect("it is written");
        let text = String::from_utf8(answer.body).expect("it is text");
        assert!(text.starts_with(begins), "{text}");
        assert!(answer.file.is_some_and(|file| file.contains("0abc.")));
    }
    let refused = files::Format::of(&parameters("format=pdf")).expect_err("there is none");
    assert!(refusal(refused).1.error.contains("otlp, chrome or folded"));
}

#[test]
fn stacks_of_a_path_lead_from_its_root_down() {
    let answer = files::of_trace(&sample(), None, files::Format::Folded);
    let text = String::from_utf8(answer.expect("it is written").body).expect("it is text");
    let mut sum = 0;
    for line in text.lines() {
        let (stack, ns) = line.rsplit_once(' ').expect("a stack has a weight");
        assert!(stack.starts_with("pay"), "{stack}");
        sum += ns.parse::<u64>().expect("it is a number");
    }
    assert_eq!(sum, 100_000_000);
    assert!(text.contains("pay;get 40000000"), "{text}");
}

#[test]
fn a_stack_of_ten_thousand_frames_is_cut() {
    let spans = (1..=10_000).map(|id| span(id, (id > 1).then(|| id - 1), "deep", (id, 20_000)));
    let answer = files::of_trace(&trace(1, spans.collect()), None, files::Format::Folded);
    let body = answer.expect("it is written").body;
    let text = String::from_utf8(body).expect("it is text");
    let longest = text.lines().map(|line| line.matches(';').count()).max();
    assert_eq!(longest, Some(256));
    assert!(text.contains(";(deeper) "));
}
