//! What queries say, and what matches them.

use std::sync::Arc;

use proptest::prelude::*;

use super::{Matcher, Order, Query};
use crate::model::trace::fixture::{span, trace};
use crate::model::trace::{
    Attribute, Edge, Event, Kind, Link, Policy, SpanId, Status, Trace, TraceId, Value, own_times,
};

const NOW: u64 = 1_000_000_000_000_000;

fn attribute(key: &str, value: Value) -> Attribute {
    Attribute {
        key: Arc::from(key),
        value,
    }
}

/// `GET /` of 10 ms, which calls `storage.get` (2 to 6 ms, in `store`, failed), which follows on `audit.write` (detached).
fn shop() -> Trace {
    let mut get = span(1, None, "GET /", (0, 10));
    get.kind = Kind::Server;
    get.component = Some(Arc::from("front"));
    get.attributes = vec![
        attribute("user", Value::Int(42)),
        attribute("cached", Value::Bool(true)),
    ];
    let mut storage = span(2, Some(1), "storage.get", (2, 6));
    storage.component = Some(Arc::from("store"));
    storage.status = Status::Error;
    storage.status_message = "it Timed Out".to_owned();
    storage.attributes = vec![attribute("rows", Value::Float(2.5))];
    storage.events = vec![Event {
        time_ns: 3_000_000,
        name: Arc::from("retry"),
        attributes: vec![attribute("attempt", Value::Text("2".to_owned()))],
        attributes_cut: 0,
    }];
    let mut audit = span(3, Some(2), "audit.write", (3, 9));
    audit.edge = Edge::Detached;
    audit.links = vec![Link {
        trace: TraceId::new(7).unwrap(),
        span: SpanId::new(7).unwrap(),
        attributes: Vec::new(),
        tracestate: String::new(),
    }];
    let mut shop = trace(
        0x4bf9_2f35_0000_0000_0000_0000_0000_0001,
        vec![get, storage, audit],
    );
    shop.kept.policy = Policy::Slow;
    for span in &mut shop.spans {
        span.start_ns += NOW - 60_000_000_000;
        span.end_ns += NOW - 60_000_000_000;
    }
    shop
}

fn matches(query: &str, trace: &Trace) -> bool {
    let query: Query = query
        .parse()
        .unwrap_or_else(|error| panic!("{query}: {error}"));
    query.matches(trace, NOW)
}

#[test]
fn conditions_hold_where_the_guide_says() {
    let shop = shop();
    for query in [
        "",
        "op:storage.*",
        "op:STORAGE.GET",
        "op~rage",
        "root:\"GET /\"",
        "comp:store",
        "comp:fro*",
        "dur>9ms",
        "dur=10ms",
        "dur<=10ms",
        "self>=6ms",
        "self<5ms",
        "err",
        "status:error",
        "!status:cancelled",
        "kind:server",
        "attr.user",
        "attr.user=42",
        "attr.user:4*",
        "attr.user~2",
        "attr.user>41",
        "attr.rows<=2.5",
        "attr.attempt=2",
        "attr.attempt>=2",
        "-attr.cached=false",
        "attr.cached=true",
        "has:event",
        "has:link",
        "event:ret*",
        "text:\"timed out\"",
        "\"timed out\"",
        "time*out",
        "42",
        "spans=3",
        "spans<4",
        "trace:4bf92f",
        "trace:4BF92F35000000000000000000000001",
        "since:10m",
        "until:30s",
        "policy:slow",
        "!incomplete",
        "op:nothing or err",
        "(op:nothing or err) dur>1ms",
        "!(op:nothing or kind:client)",
        "op:storage.* and err",
        "span{op:storage.* err comp:store}",
        "span{dur>3ms dur<5ms}",
        "!span{op:\"GET /\" err}",
        "op!=nothing",
        "span{!op:*.* kind:server}",
    ] {
        assert!(matches(query, &shop), "{query}");
    }
    for query in [
        "op:storage",
        "root:storage.*",
        "comp:stor",
        "dur>10ms",
        "self>6ms",
        "status:panicked",
        "kind:client",
        "attr.user=4",
        "attr.User=42",
        "attr.rows>2.5",
        "attr.cached>0",
        "-attr.cached=true",
        "event:x",
        "missing",
        "spans>3",
        "trace:5",
        "since:30s",
        "until:10m",
        "policy:error",
        "incomplete",
        "err op:nothing",
        "span{op:\"GET /\" err}",
        "op!=storage.get",
        "since:2026-11-24",
    ] {
        assert!(!matches(query, &shop), "{query}");
    }
}

#[test]
fn faults_name_their_column_and_what_to_write() {
    for (query, column, parts) in [
        ("err dru>5ms", 5, &["`dru`", "nearest is `dur`"][..]),
        ("dur>5", 5, &["`5`", "unit", "dur>5ms"]),
        ("status:canceled", 8, &["nearest is `cancelled`"]),
        ("kind:sever", 6, &["nearest is `server`"]),
        ("has:links", 5, &["nearest is `link`"]),
        ("(err", 5, &["`(` of column 1", "write `)`"]),
        ("err)", 4, &["closes nothing"]),
        ("span{err", 9, &["`span{`", "write `}`"]),
        ("span{span{err}}", 6, &["one pair"]),
        ("span{err policy:slow}", 10, &["outside `span{…}`"]),
        ("{err}", 1, &["span{"]),
        ("err or", 7, &["a condition is missing"]),
        ("or err", 1, &["a condition is missing"]),
        ("op:\"a", 4, &["not closed"]),
        ("a\\", 2, &["backslash"]),
        ("op:", 1, &["nothing stands after `op`"]),
        ("attr.=5", 1, &["its key"]),
        ("attr.x>much", 8, &["`much`", "10MiB"]),
        ("op>5", 1, &["not compared"]),
        ("trace:xyz", 7, &["hexadecimal"]),
        ("spans>-1", 7, &["whole number"]),
        ("since:yesterday", 7, &["10m", "2026-11-24"]),
        ("ö x:1", 3, &["no field `x`"]),
    ] {
        let error = query.parse::<Query>().expect_err(query);
        assert_eq!(error.column, column, "{query}: {error}");
        for part in parts {
            assert!(error.to_string().contains(part), "{query}: {error}");
        }
    }
}

#[test]
fn nesting_and_length_are_bounded() {
    for deep in ["(".repeat(4000), "!".repeat(4000), "span{".repeat(800)] {
        assert!(deep.parse::<Query>().is_err());
    }
    let error = "x ".repeat(4000).parse::<Query>().unwrap_err();
    assert!(error.to_string().contains("4096 are accepted"), "{error}");
    assert!(
        format!("{}err{}", "(".repeat(32), ")".repeat(32))
            .parse::<Query>()
            .is_ok()
    );
}

/// Refused, or written so that it is read as the same.
fn is_written_as_it_is_read(text: &str) -> bool {
    let Ok(query) = text.parse::<Query>() else {
        return false;
    };
    let written = query.to_string();
    let again = written.parse::<Query>();
    assert_eq!(again.as_ref(), Ok(&query), "{text}: {written}");
    true
}

#[test]
fn what_is_as_deep_as_may_be_is_written_no_deeper() {
    for inner in ["op!=a", "!op=a", "op=a"] {
        let accepted = (0..40)
            .filter(|depth| is_written_as_it_is_read(&format!("{}{inner}", "!".repeat(*depth))))
            .count();
        assert_eq!(accepted, if inner == "op=a" { 33 } else { 32 }, "{inner}");
    }
    for depth in 0..40 {
        let deep = format!("{}a b or c{}", "!(".repeat(depth), ")".repeat(depth));
        assert_eq!(is_written_as_it_is_read(&deep), depth <= 16, "{deep}");
    }
}

#[test]
fn what_is_too_long_as_it_is_written_is_refused() {
    let number = "attr.a>1e300 ";
    assert!(is_written_as_it_is_read(&number.repeat(10)));
    let error = number.repeat(100).parse::<Query>().unwrap_err();
    assert!(error.to_string().contains("written out"), "{error}");
    for word in ["op~x ", "!(a) ", "a\\b ", "dur>1.5d "] {
        let words = (0..2_000).step_by(50).map(|many| word.repeat(many));
        let accepted = words.filter(|words| is_written_as_it_is_read(words));
        assert!(accepted.count() > 2, "{word}");
    }
}

#[test]
fn own_time_leaves_out_each_waited_for_moment_once() {
    let spans = vec![
        span(1, None, "a", (0, 100)),
        span(2, Some(1), "b", (10, 40)),
        span(3, Some(1), "c", (30, 60)),
        span(4, Some(1), "d", (90, 130)),
        span(5, Some(9), "orphan", (0, 5)),
        span(6, Some(6), "its own parent", (0, 5)),
    ];
    let mut tree = trace(1, spans);
    let own_ms = |tree: &Trace| {
        own_times(tree)
            .iter()
            .map(|ns| ns / 1_000_000)
            .collect::<Vec<_>>()
    };
    assert_eq!(own_ms(&tree), [40, 30, 30, 40, 5, 5]);
    tree.spans[1].edge = Edge::Detached;
    assert_eq!(own_ms(&tree), [60, 30, 30, 40, 5, 5]);
}

#[test]
fn orders_are_written_as_they_are_read() {
    for order in ["newest", "slowest", "spans", "self:storage.*"] {
        assert_eq!(order.parse::<Order>().unwrap().to_string(), order);
    }
    assert!(
        "fastest"
            .parse::<Order>()
            .unwrap_err()
            .to_string()
            .contains("slowest")
    );
}

/// Texts with everything that means something in queries.
fn texts() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "op:",
        "root:",
        "comp~",
        "dur>",
        "self<=",
        "5ms",
        "1.5s",
        "err",
        "status:",
        "cancelled",
        "kind:server",
        "attr.",
        "attr.a",
        "=",
        "!=",
        "!",
        "-",
        "(",
        ")",
        "span{",
        "span",
        "{",
        "}",
        "or",
        "and",
        "\"",
        "\\",
        "*",
        " ",
        " ",
        "has:event",
        "trace:4bF",
        "since:10m",
        "until:2026-11-24",
        "policy:slow",
        "incomplete",
        "x",
        "ö",
        "İ",
        "text:",
        ">=",
        "1e3",
        "10MiB",
        "spans>3",
        ":",
        "~",
        "<",
    ]);
    prop::collection::vec(words, 0..12).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn any_text_is_a_query_or_an_error(text in prop_oneof![texts(), any::<String>()]) {
        if let Ok(query) = text.parse::<Query>() {
            query.matches(&shop(), NOW);
        }
    }

    #[test]
    fn a_query_is_written_as_it_is_read(text in prop_oneof![texts(), any::<String>()]) {
        if let Ok(query) = text.parse::<Query>() {
            let shown = query.to_string();
            prop_assert_eq!(shown.parse::<Query>().map_err(|error| error.to_string()), Ok(query), "{}", shown);
        }
    }
}

#[test]
fn a_matcher_is_used_again() {
    let query: Query = "self>5ms attr.user=42".parse().unwrap();
    let mut matcher = Matcher::new(&query, NOW);
    assert!(matcher.matches(&shop()));
    assert!(!matcher.matches(&trace(1, vec![span(1, None, "a", (0, 1))])));
    assert!(matcher.matches(&shop()));
}
