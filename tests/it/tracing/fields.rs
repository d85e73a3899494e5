//! What fields say: attributes, and what tracing-opentelemetry reads in them.

use std::fmt;

use obs_runtime::model::trace::{Kind, Status, Value};
use tracing::{field, info_span};

use super::{attribute, bare, sole, span, stored, text};

#[derive(Debug)]
struct Point {
    #[expect(dead_code, reason = "debugged")]
    x: i32,
}

#[test]
fn fields_are_attributes_of_their_types() {
    let traces = stored(&bare(), || {
        let span = info_span!(
            "typed",
            signed = -5,
            unsigned = 7_u64,
            float = 0.5,
            yes = true,
            text = "a",
            debugged = ?Point { x: 1 },
            displayed = %"b",
            large = 1_u128 << 100,
            later = field::Empty,
            never = field::Empty,
        );
        span.record("later", 9);
        span.record("text", "c");
    });
    let trace = sole(traces);
    let typed = span(&trace, "typed");
    for (key, value) in [
        ("signed", Value::Int(-5)),
        ("unsigned", Value::Int(7)),
        ("float", Value::Float(0.5)),
        ("yes", Value::Bool(true)),
        ("text", text("c")),
        ("debugged", text("Point { x: 1 }")),
        ("displayed", text("b")),
        ("large", text("1267650600228229401496703205376")),
        ("later", Value::Int(9)),
    ] {
        assert_eq!(attribute(typed, key), Some(&value), "{key}");
    }
    assert_eq!(attribute(typed, "never"), None);
    assert_eq!(typed.attributes.len(), 9);
}

#[test]
fn long_texts_are_cut_and_many_fields_are_all_there() {
    let long = "x".repeat(1_000_000);
    let traces = stored(&bare(), || {
        let (a, b, c, d, e) = (&*long, &*long, &*long, &*long, &*long);
        info_span!("long", a, b, c, d, e, debugged = ?long, last = 1);
    });
    let trace = sole(traces);
    let long = span(&trace, "long");
    assert_eq!(attribute(long, "e"), Some(&text(&"x".repeat(200))));
    assert_eq!(attribute(long, "last"), Some(&Value::Int(1)));
    assert_eq!(long.attributes_cut, 6);
}

/// A value that panics where it is written.
struct Unwritten;

impl fmt::Debug for Unwritten {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("written for nobody")
    }
}

#[test]
fn what_is_not_recorded_is_not_written() {
    let quiet = |builder: obs_runtime::Builder| builder.sample("fields_unwritten", 0.0);
    let traces = super::stored_with(quiet, &bare(), || {
        let span = info_span!("fields_unwritten", a = ?Unwritten, b = field::Empty).entered();
        span.record("b", field::debug(Unwritten));
        tracing::error!(c = ?Unwritten, "unheard");
    });
    assert!(traces.is_empty());
}

#[test]
fn fields_of_opentelemetry_keep_their_meaning() {
    let name = String::from("GET /users/{id}");
    let traces = stored(&bare(), || {
        let _server = info_span!(
            "request",
            otel.name = name,
            otel.kind = "server",
            otel.status_code = "OK",
            user = 7
        )
        .entered();
        let client = info_span!(
            "call",
            otel.kind = ?Client::Client,
            otel.name = field::Empty,
            otel.status_code = field::Empty,
            otel.status_description = field::Empty,
        );
        client.record("otel.status_code", "ERROR");
        client.record("otel.status_description", "refused");
        client.record("otel.name", field::display("call later"));
        // What was said to have gone well is not said to have failed by an event.
        tracing::error!("though it went well");
    });
    let trace = sole(traces);
    let server = span(&trace, "GET /users/{id}");
    assert_eq!((server.kind, server.status), (Kind::Server, Status::Ok));
    assert_eq!(server.status_message, "");
    assert_eq!(attribute(server, "user"), Some(&Value::Int(7)));
    assert_eq!(server.attributes.len(), 1);
    assert_eq!(server.events.len(), 1);
    let client = span(&trace, "call later");
    assert_eq!((client.kind, client.status), (Kind::Client, Status::Error));
    assert_eq!(client.status_message, "refused");
    assert!(client.attributes.is_empty());
}

#[derive(Debug)]
enum Client {
    Client,
}

#[test]
fn a_field_called_error_fails_its_span() {
    let traces = stored(&bare(), || {
        let _root = info_span!("root").entered();
        let error: &(dyn std::error::Error + 'static) = &fmt::Error;
        info_span!("text", error = "broken");
        info_span!("value", error);
        info_span!("yes", error = true);
        info_span!("no", error = false);
        info_span!("empty", error = field::Empty);
        info_span!("later", error = field::Empty).record("error", field::display("late"));
        info_span!("well", otel.status_code = "ok", error = "ignored");
    });
    let trace = sole(traces);
    for (name, status, message) in [
        ("text", Status::Error, "broken"),
        (
            "value",
            Status::Error,
            "an error occurred when formatting an argument",
        ),
        ("yes", Status::Error, ""),
        ("no", Status::Unset, ""),
        ("empty", Status::Unset, ""),
        ("later", Status::Error, "late"),
        ("well", Status::Ok, ""),
    ] {
        let span = span(&trace, name);
        assert_eq!(
            (span.status, &*span.status_message),
            (status, message),
            "{name}"
        );
    }
    assert_eq!(
        attribute(span(&trace, "text"), "error"),
        Some(&text("broken"))
    );
    assert_eq!(
        attribute(span(&trace, "no"), "error"),
        Some(&Value::Bool(false))
    );
}
