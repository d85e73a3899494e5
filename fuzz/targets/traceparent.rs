//! The headers of W3C Trace Context, as any caller may send them: `traceparent`, a line break, `tracestate`.
//!
//! A parser that is slow and plain says what is one; a span that goes on with the caller's trace says what it sends along.

#![no_main]

use std::sync::{LazyLock, Mutex};

use libfuzzer_sys::fuzz_target;
use obs::collector::Spans;
use obs::collector::spans::What;
use obs::{Context, span};

/// While somebody collects, spans are recorded, and with them what came along.
static SPANS: LazyLock<Mutex<Spans>> =
    LazyLock::new(|| Mutex::new(Spans::acquire(4_096).expect("nobody else collects")));

fuzz_target!(|headers: &str| {
    let (parent, state) = headers.split_once('\n').unwrap_or((headers, ""));
    let read = Context::from_traceparent(parent);
    let expected = plainly(parent);
    assert_eq!(read.is_ok(), expected.is_some(), "{parent:?}: {read:?}");
    let (Ok(context), Some(expected)) = (read, expected) else {
        return;
    };
    let sampled = expected.flags & 1 != 0;
    assert_eq!(context.trace_id(), expected.trace);
    assert_eq!(context.span_id(), expected.span);
    assert_eq!(context.is_recorded(), sampled);
    let written = context.traceparent().expect("it is in a trace");
    assert_eq!(written.as_str(), expected.written());
    assert_eq!(Context::from_traceparent(written.as_str()), Ok(context));

    let context = context.with_tracestate(state);
    let carried = is_carried(state).then(|| state.to_owned());
    assert_eq!(context.tracestate(), carried);
    let sent = go_on(context);
    assert_eq!(sent.tracestate, carried);
    let sent = plainly(&sent.traceparent).expect("what is sent is one");
    assert_eq!((sent.trace, sent.flags & 1 != 0), (expected.trace, sampled));
    assert_ne!(sent.span, expected.span);
    let recorded = recorded();
    assert_eq!(recorded, if sampled { carried } else { None });
    assert_eq!(context.tracestate(), None, "the trace has ended here");
});

/// What a `traceparent` says.
struct Said {
    trace: u128,
    span: u64,
    flags: u8,
}

impl Said {
    /// As version 00, with the flags that are known.
    fn written(&self) -> String {
        let Said { trace, span, flags } = self;
        format!("00-{trace:032x}-{span:016x}-{:02x}", flags & 3)
    }
}

/// Reads it as the specification has it, part by part.
fn plainly(header: &str) -> Option<Said> {
    let parts: Vec<&str> = header.split('-').collect();
    let digits = |at: usize, length: usize| {
        let part = parts.get(at)?;
        let is_digit = |c: char| "0123456789abcdef".contains(c);
        (part.len() == length && part.chars().all(is_digit)).then_some(*part)
    };
    let version = digits(0, 2)?;
    let is_known = version == "00" && parts.len() == 4;
    let is_later = version != "00" && version != "ff";
    let said = Said {
        trace: u128::from_str_radix(digits(1, 32)?, 16).ok()?,
        span: u64::from_str_radix(digits(2, 16)?, 16).ok()?,
        flags: u8::from_str_radix(digits(3, 2)?, 16).ok()?,
    };
    ((is_known || is_later) && said.trace != 0 && said.span != 0).then_some(said)
}

/// Whether a `tracestate` is one that is passed on.
fn is_carried(state: &str) -> bool {
    let is_allowed = |c: char| matches!(c, ' '..='~' | '\t');
    state.len() <= 512
        && state.chars().all(is_allowed)
        && state.chars().any(|c| !matches!(c, ' ' | '\t'))
}

/// What is sent to a callee.
struct Sent {
    traceparent: String,
    tracestate: Option<String>,
}

/// Goes on with a caller's trace, and calls somebody in it.
fn go_on(caller: Context) -> Sent {
    LazyLock::force(&SPANS);
    let _request = span!("fuzz.request", kind = server, parent = caller);
    let call = span!("fuzz.call", kind = client);
    let context = call.context();
    Sent {
        traceparent: context.traceparent().expect("it is in a trace").to_string(),
        tracestate: context.tracestate(),
    }
}

/// The `tracestate` that was recorded, of its parts.
fn recorded() -> Option<String> {
    let mut state = None;
    let mut spans = SPANS.lock().expect("the first panic ends it all");
    spans.drain(|record| {
        if record.what() == What::State {
            state
                .get_or_insert_with(String::new)
                .push_str(&record.text());
        }
    });
    state
}
