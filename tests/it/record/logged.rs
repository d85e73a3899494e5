//! What is logged on the side, through `tracing`: what was asked for, and nothing else.

use std::fmt::Write;
use std::sync::{Arc, Mutex};

use obs::{ErrorLabel, instrumented};
use tracing::field::{Field, Visit};
use tracing::{Event, Id, Metadata, Subscriber, span};

/// Writes each event as a line.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<String>>);

struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0, " {}={value:?}", field.name());
    }
}

impl Subscriber for Lines {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> Id {
        panic!("no span was asked for")
    }

    fn record(&self, _: &Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut lines = self.0.lock().expect("nobody panics here");
        let _ = write!(
            lines,
            "{} {}",
            event.metadata().level(),
            event.metadata().target()
        );
        event.record(&mut Fields(&mut lines));
        lines.push('\n');
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

fn logged(what: impl FnOnce()) -> String {
    let lines = Lines::default();
    tracing::subscriber::with_default(lines.clone(), what);
    let lines = lines.0.lock().expect("nobody panics here");
    lines.clone()
}

#[derive(Debug, ErrorLabel)]
enum ParseError {
    Empty,
}

impl std::fmt::Display for ParseError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("there is nothing to parse")
    }
}

#[instrumented]
fn silent(secret: &str) -> Result<usize, ParseError> {
    parse(secret)
}

#[instrumented(tracing(err = "warn"), errors = ParseError)]
fn errors(text: &str) -> Result<usize, ParseError> {
    parse(text)
}

#[instrumented(tracing(err = "error", ret = "debug"), function = "both")]
async fn both(text: &str) -> Result<usize, ParseError> {
    parse(text)
}

#[instrumented(tracing(ret = "info"))]
fn values(text: &str) -> Option<usize> {
    parse(text).ok()
}

fn parse(text: &str) -> Result<usize, ParseError> {
    match text.len() {
        0 => Err(ParseError::Empty),
        length => Ok(length),
    }
}

fn ready<T>(future: impl Future<Output = T>) -> T {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(future).poll(&mut context) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => panic!("it waits"),
    }
}

#[test]
fn nothing_is_logged_unless_it_is_asked_for() {
    let lines = logged(|| {
        let _ = (silent("secret"), silent(""), errors("secret"));
    });
    assert_eq!(lines, "");
}

#[test]
fn errors_and_values_are_logged_at_their_levels() {
    let lines = logged(|| {
        let _ = errors("");
        let _ = (ready(both("")), ready(both("seven")));
        let _ = (values("seven"), values(""));
    });
    let expected = r#"WARN record::logged function="record::logged::errors" error=there is nothing to parse
ERROR record::logged function="both" error=there is nothing to parse
DEBUG record::logged function="both" return=5
INFO record::logged function="record::logged::values" return=Some(5)
INFO record::logged function="record::logged::values" return=None
"#;
    assert_eq!(lines, expected);
}
