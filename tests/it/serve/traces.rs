//! Questions about traces, asked over HTTP and of the handle, of a runtime whose spans are recorded by `span!`.

use std::time::Duration;

use obs::Component;
use obs_runtime::api::traces::{
    ACCOUNTING_PATH, Accounting, BOTTLENECKS_PATH, Bottlenecks, OPEN_PATH, OpenSpans, Policy,
    Refusal, SpanKind, Standing, Status, TRACE_PATH, TRACES_PATH, Trace, TraceList,
};
use obs_runtime::query::traces::Search;
use obs_runtime::{NoTrace, Runtime};
use obs_tests::http;

use crate::{address, builder, turn};

/// A trace that is kept in any case; returns its id.
fn pay() -> String {
    let pay = obs::span!("journey.pay", kind = server, order = 7);
    pay.keep_trace();
    let id = format!("{:032x}", pay.context().trace_id());
    drop(obs::span!("journey.get"));
    let put = obs::span!("journey.put");
    put.error("no room");
    obs::event!("journey.retry", times = 3);
    drop((put, pay));
    id
}

fn answer(runtime: &Runtime, path: &str) -> http::Answer {
    http::get(address(runtime), path, "")
}

/// What a path answers, as text.
fn json(runtime: &Runtime, path: &str) -> String {
    let answer = answer(runtime, path);
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    assert!(answer.head.contains("content-type: application/json"));
    answer.body
}

/// The same as the type that the path promises.
macro_rules! read {
    ($runtime:expr, $path:expr $(,)?) => {
        serde_json::from_str(&json($runtime, $path)).expect("it is what the path promises")
    };
}

fn refusal(runtime: &Runtime, path: &str, status: u16) -> Refusal {
    let answer = answer(runtime, path);
    assert_eq!(answer.status, status, "{path}: {}", answer.body);
    serde_json::from_str(&answer.body).expect("it says why")
}

fn look(runtime: &Runtime) {
    runtime.traces().expect("traces are on").look();
}

#[test]
fn traces_are_found_and_shown() {
    let _turn = turn();
    let runtime = builder().start().expect("it starts");
    let component = Component::register("journey");
    let ids: Vec<String> = (0..3).map(|_| component.scope(pay)).collect();
    look(&runtime);

    let list: TraceList = read!(
        &runtime,
        &format!("{TRACES_PATH}?q=root:journey.pay+err&order=slowest&limit=2"),
    );
    assert_eq!((list.traces.len(), &list.order[..]), (2, "slowest"));
    assert_eq!(list.query, "root:journey.pay err");
    assert_eq!((list.coverage.matched, list.coverage.complete), (3, true));
    let first = &list.traces[0];
    assert_eq!(
        (first.spans, first.failed, first.policy),
        (3, true, Policy::Forced)
    );
    assert_eq!(first.component.as_deref(), Some("journey"));
    let next = list.next.expect("there is a third");
    let rest: TraceList = read!(
        &runtime,
        &format!("{TRACES_PATH}?q=root:journey.pay+err&order=slowest&limit=2&after={next}"),
    );
    let mut found: Vec<String> = list
        .traces
        .into_iter()
        .chain(rest.traces)
        .map(|trace| trace.id)
        .collect();
    found.sort();
    let mut expected = ids.clone();
    expected.sort();
    assert_eq!(found, expected);

    let trace: Trace = read!(&runtime, &format!("{TRACE_PATH}{}", ids[1]));
    let operations: Vec<_> = trace.spans.iter().map(|span| &span.operation[..]).collect();
    assert_eq!(operations, ["journey.pay", "journey.get", "journey.put"]);
    let (root, put) = (&trace.spans[0], &trace.spans[2]);
    assert_eq!(
        (root.kind, root.standing, root.below),
        (SpanKind::Server, Standing::Critical, 2)
    );
    assert_eq!(
        (put.above, put.depth, put.status),
        (Some(0), 1, Status::Error)
    );
    assert_eq!(put.status_message, "no room");
    assert_eq!(put.events[0].name, "journey.retry");
    assert_eq!(root.attributes[0].key, "order");
    assert!(!trace.threads.is_empty() && trace.kept.is_some() && !trace.incomplete);
    let path = &trace.critical_path;
    let sum: u64 = path
        .segments
        .iter()
        .map(|segment| segment.to_ns - segment.from_ns)
        .sum();
    assert_eq!(
        (sum, path.duration_ns),
        (root.duration_ns(), root.duration_ns())
    );

    let prefix = &ids[1][..12];
    let by_prefix: Trace = read!(&runtime, &format!("{TRACE_PATH}{prefix}"));
    assert_eq!(by_prefix.spans, trace.spans);
    let of_put: Trace = read!(&runtime, &format!("{TRACE_PATH}{prefix}?root={}", put.id));
    assert_eq!(of_put.critical_path.root, Some(2));
    for (format, begins) in [
        ("otlp", "{\"resourceSpans\":"),
        ("chrome", "{\"traceEvents\":["),
        ("folded", "journey.pay"),
    ] {
        let file = answer(&runtime, &format!("{TRACE_PATH}{prefix}?format={format}"));
        assert!(
            file.status == 200 && file.body.starts_with(begins),
            "{}",
            file.body
        );
        assert!(
            file.head.contains("content-disposition: attachment"),
            "{}",
            file.head
        );
    }
}

#[test]
fn what_cannot_be_answered_says_what_to_ask_instead() {
    let _turn = turn();
    let runtime = builder().start().expect("it starts");
    let faulty = refusal(&runtime, &format!("{TRACES_PATH}?q=op:a%20dru%3E5ms"), 400);
    assert_eq!(faulty.column, Some(6));
    assert_eq!(faulty.pointed.as_deref(), Some("op:a dru>5ms\n     ^"));
    assert!(faulty.error.contains("`dur`"), "{}", faulty.error);
    for (path, status, says) in [
        (format!("{TRACES_PATH}?lmit=3"), 400, "`lmit`"),
        (format!("{TRACE_PATH}12"), 400, "first 4"),
        (format!("{TRACE_PATH}no-hex-digits"), 400, "hexadecimal"),
        (
            format!("{TRACE_PATH}{}", "f".repeat(32)),
            404,
            "kept or under way",
        ),
        (format!("{TRACE_PATH}ffffffff"), 404, "kept or under way"),
        (format!("{BOTTLENECKS_PATH}?format=chrome"), 400, "folded"),
        (format!("{OPEN_PATH}?limit=0"), 400, "`limit`"),
        (format!("{ACCOUNTING_PATH}?all"), 400, "none can be given"),
    ] {
        let refusal = refusal(&runtime, &path, status);
        assert!(refusal.error.contains(says), "{path}: {}", refusal.error);
    }
    for path in [TRACES_PATH, OPEN_PATH, BOTTLENECKS_PATH, ACCOUNTING_PATH] {
        let head = http::request(address(&runtime), "HEAD", path, "");
        assert_eq!((head.status, &head.body[..]), (200, ""));
        let post = http::request(address(&runtime), "POST", path, "Content-Length: 0\r\n");
        assert_eq!(post.status, 405);
    }
    let landing = answer(&runtime, "/").body;
    assert!(landing.contains(TRACES_PATH) && landing.contains(ACCOUNTING_PATH));
    drop(runtime);
    let without = builder().no_traces().start().expect("it starts");
    assert!(without.traces().is_none());
    let refusal = refusal(&without, TRACES_PATH, 404);
    assert!(refusal.error.contains("traces.on"), "{}", refusal.error);
}

#[test]
fn digits_that_several_traces_begin_with_name_them() {
    let _turn = turn();
    let runtime = builder().start().expect("it starts");
    // Of so many random ids two begin with the same four digits, but for one run in 10^13.
    let mut ids = Vec::new();
    for _ in 0..8 {
        for _ in 0..250 {
            let span = obs::span!("journey.alike", root);
            span.keep_trace();
            ids.push(format!("{:032x}", span.context().trace_id()));
        }
        look(&runtime);
    }
    ids.sort();
    let alike = ids.windows(2).find(|pair| pair[0][..4] == pair[1][..4]);
    let [one, other] = alike.expect("there are two") else {
        panic!("they are two")
    };
    let digits = one[..4].to_uppercase();
    let refusal = refusal(&runtime, &format!("{TRACE_PATH}{digits}"), 409);
    for id in [one, other] {
        assert!(refusal.candidates.contains(id), "{refusal:?}");
        let trace: Trace = read!(&runtime, &format!("{TRACE_PATH}{id}"));
        assert_eq!(&trace.id, id);
    }
}

#[test]
fn what_is_under_way_is_listed_and_can_be_opened() {
    let _turn = turn();
    let runtime = builder()
        .stuck_after(Duration::ZERO)
        .start()
        .expect("it starts");
    // One that lies somewhere, and one that this thread is in.
    let later = obs::span!("journey.later", root, kind = consumer).detach();
    let here = obs::span!("journey.here", root);
    let inner = obs::span!("journey.inner");
    look(&runtime);
    let open: OpenSpans = read!(&runtime, OPEN_PATH);
    let rows: Vec<_> = open
        .spans
        .iter()
        .map(|span| (&span.operation[..], span.root, span.running, span.stuck))
        .collect();
    assert_eq!(
        rows,
        [
            ("journey.later", true, false, true),
            ("journey.here", true, true, true),
            ("journey.inner", false, true, true),
        ]
    );
    assert_eq!((open.stuck, open.more), (3, 0));
    let [first, second, third] = &open.spans[..] else {
        panic!("there are three")
    };
    assert_eq!(first.kind, SpanKind::Consumer);
    assert!(
        first
            .file
            .as_deref()
            .is_some_and(|file| file.ends_with("traces.rs"))
            && first.line > 0
    );
    assert_eq!(third.parent.as_deref(), Some(&second.id[..]));
    assert!(second.thread.is_some() && second.age_ns > 0);
    let limited: OpenSpans = read!(&runtime, &format!("{OPEN_PATH}?limit=1"));
    assert_eq!((limited.spans.len(), limited.more), (1, 2));

    let so_far: Trace = read!(&runtime, &format!("{TRACE_PATH}{}", first.trace));
    assert!(so_far.kept.is_none() && so_far.incomplete && so_far.spans[0].open);
    drop((inner, here));
    drop(later);
    look(&runtime);
    let open: OpenSpans = read!(&runtime, OPEN_PATH);
    assert_eq!(open.spans, []);
}

#[test]
fn the_time_of_all_traces_is_said_and_every_span_is_accounted_for() {
    let _turn = turn();
    let runtime = builder()
        .sample("journey.sampled", 0.0)
        .without_spans("journey.off")
        .start()
        .expect("it starts");
    (0..200).for_each(|_| drop(pay()));
    drop(obs::span!("journey.sampled"));
    drop(obs::span!("journey.off"));
    look(&runtime);
    let all: Bottlenecks = read!(&runtime, &format!("{BOTTLENECKS_PATH}?root=journey.pay"));
    assert_eq!((all.traces, all.roots.len(), all.paths.len()), (200, 1, 3));
    let figures = all.roots[0].figures.as_ref().expect("they have ended");
    assert_eq!((figures.count, figures.errors), (200, 0));
    assert!(
        figures.p50_ns > 0 && figures.p99_ns >= figures.p50_ns && figures.rate_per_second > 0.0
    );
    let own: u64 = all
        .operations
        .iter()
        .map(|hotspot| hotspot.critical.own_ns)
        .sum();
    assert_eq!(
        (own, all.by_class.sum_ns()),
        (all.duration_ns, all.duration_ns)
    );
    let folded = answer(
        &runtime,
        &format!("{BOTTLENECKS_PATH}?root=journey.pay&format=folded"),
    );
    assert!(
        folded.body.contains("journey.pay;journey.get "),
        "{}",
        folded.body
    );

    let accounting: Accounting = read!(&runtime, ACCOUNTING_PATH);
    assert!(
        accounting.emitted.holds && accounting.received.holds,
        "{accounting:?}"
    );
    assert!(accounting.spans.emitted >= 600 && accounting.spans.received >= 600);
    assert_eq!(accounting.records[0].kind, "end");
    assert_eq!(accounting.records[0].emitted, accounting.emitted.left);
    assert_eq!(accounting.shares[0].names, "journey.sampled");
    assert_eq!(accounting.without, ["journey.off"]);
    assert!(!accounting.store.durable && accounting.store.memory_bytes > 0);

    // The next runtime of the process goes on from what this one has counted.
    let reader = runtime.traces().expect("traces are on");
    drop(runtime);
    assert!(reader.search(&Search::default()).is_err());
    assert_eq!(reader.get("abcd"), Err(NoTrace::Stopped));
    let next = builder().start().expect("it starts");
    pay();
    look(&next);
    let accounting: Accounting = read!(&next, ACCOUNTING_PATH);
    assert!(
        accounting.emitted.holds && accounting.received.holds,
        "{accounting:?}"
    );
    assert!(accounting.spans.kept >= 603, "{accounting:?}");
}

#[test]
fn a_caller_that_calls_twice_finds_both_calls_in_its_trace() {
    let _turn = turn();
    let runtime = builder().start().expect("it starts");
    let caller = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let caller = obs::Context::from_traceparent(caller).expect("it is one");
    for _ in 0..3 {
        let answer = obs::span!("journey.answer", kind = server, parent = caller);
        answer.keep_trace();
        drop(obs::span!("journey.step"));
        drop(answer);
        look(&runtime);
    }
    let id = "4bf92f3577b34da6a3ce929d0e0e4736";
    let whole = runtime.traces().expect("traces are on").get(id);
    let whole = whole.expect("it is kept");
    assert_eq!(whole.trace.spans.len(), 6);
    runtime.shutdown();
}
