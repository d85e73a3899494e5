//! Instrumented functions that are spans, from call to outcome.

use std::panic::catch_unwind;

use obs::{Carrier, Component, Context, Edge, ErrorLabel, Kind, Status, instrumented, span};

use crate::seen::{Watching, named};

#[derive(Debug, Clone, Copy)]
enum End {
    Ok,
    Err,
    Panic,
}

#[instrumented(span)]
fn checked(end: End) -> Result<u8, String> {
    match end {
        End::Ok => Ok(7),
        End::Err => Err("it was refused".to_owned()),
        End::Panic => panic!("on purpose"),
    }
}

#[test]
fn a_call_is_a_span_that_ends_as_the_call_does() {
    let mut watching = Watching::begin();
    for (end, status, message) in [
        (End::Ok, Status::Unset, None),
        (End::Err, Status::Error, Some("it was refused".to_owned())),
        (End::Panic, Status::Panicked, None),
    ] {
        let _ = catch_unwind(|| checked(end));
        let span = watching.one("spans::calls::checked");
        assert_eq!((span.status, span.message), (status, message), "{end:?}");
        assert!(span.start <= span.end && span.polled.is_none());
        assert!(!Context::current().is_some());
    }
}

#[instrumented(span)]
fn guarded(panics: bool) {
    assert!(!panics, "on purpose");
}

struct CallsAtTheEnd;

impl Drop for CallsAtTheEnd {
    fn drop(&mut self) {
        guarded(false);
    }
}

#[test]
fn a_function_without_result_panics_or_not() {
    let mut watching = Watching::begin();
    guarded(false);
    assert_eq!(watching.one("spans::calls::guarded").status, Status::Unset);
    assert!(catch_unwind(|| guarded(true)).is_err());
    assert_eq!(
        watching.one("spans::calls::guarded").status,
        Status::Panicked
    );
    let unwound = catch_unwind(|| {
        let _calls = CallsAtTheEnd;
        panic!("on purpose");
    });
    assert!(unwound.is_err());
    let span = watching.one("spans::calls::guarded");
    assert_eq!(span.status, Status::Unset, "a destructor called it");
}

#[derive(Debug)]
struct Silent;

#[derive(Debug, ErrorLabel)]
enum Labelled {
    #[label("too_late")]
    Late,
}

#[instrumented(span)]
fn says_nothing() -> Result<(), Silent> {
    Err(Silent)
}

#[instrumented(span, errors = Labelled)]
fn says_its_label() -> Result<(), Labelled> {
    Err(Labelled::Late)
}

#[instrumented(span, ok_if = Option::is_some)]
fn is_asked(number: Option<u8>) -> Option<u8> {
    number
}

#[instrumented(span, err_if = |result| result.is_err())]
fn is_asked_and_displays() -> Result<u8, &'static str> {
    Err("displayed")
}

#[instrumented(span)]
fn of_any_error<E>(error: E) -> Result<(), E> {
    Err(error)
}

#[test]
fn what_was_wrong_is_said_where_there_is_something_to_say() {
    let mut watching = Watching::begin();
    let mut after = |name: &str| {
        let span = watching.one(&format!("spans::calls::{name}"));
        (span.status, span.message)
    };
    assert!(says_nothing().is_err());
    assert_eq!(after("says_nothing"), (Status::Error, None));
    assert!(says_its_label().is_err());
    let label = Some("too_late".to_owned());
    assert_eq!(after("says_its_label"), (Status::Error, label));
    assert!(is_asked(None).is_none());
    assert_eq!(after("is_asked"), (Status::Error, None));
    assert!(is_asked(Some(7)).is_some());
    assert_eq!(after("is_asked"), (Status::Unset, None));
    assert!(is_asked_and_displays().is_err());
    let message = Some("displayed".to_owned());
    assert_eq!(after("is_asked_and_displays"), (Status::Error, message));
    assert!(of_any_error("is not known to be displayed").is_err());
    assert_eq!(after("of_any_error"), (Status::Error, None));
}

#[test]
fn a_long_message_is_cut() {
    #[instrumented(span("fails.at_length"))]
    fn fails_at_length() -> Result<(), String> {
        Err("é".repeat(10_000))
    }
    let mut watching = Watching::begin();
    assert!(fails_at_length().is_err());
    let message = watching.one("fails.at_length").message;
    assert_eq!(message, Some("é".repeat(100)));
}

#[instrumented(span("named", kind = server, root))]
fn named_root() {}

#[instrumented(span(parent = carrier, kind = consumer))]
fn received(carrier: Carrier) -> usize {
    size_of_val(&carrier)
}

#[instrumented(span(detached))]
fn detached() {}

#[instrumented(span, component = component, function = "own text")]
fn in_component(component: Component) {
    let _ = component;
}

#[test]
fn a_span_is_called_and_hangs_as_it_is_told() {
    let mut watching = Watching::begin();
    let sent = {
        let _outer = span!("outer");
        named_root();
        detached();
        Carrier::ask()
    };
    received(sent);
    let seen = watching.seen();
    let outer = named(&seen, "outer");
    let root = named(&seen, "named");
    assert_eq!((root.kind, root.parent, root.told), (Kind::Server, 0, true));
    assert_ne!(root.trace, outer.trace);
    let detached = named(&seen, "spans::calls::detached");
    assert_eq!(
        (detached.parent, detached.edge),
        (outer.span, Edge::Detached)
    );
    let received = named(&seen, "spans::calls::received");
    assert_eq!(
        (received.parent, received.trace, received.kind),
        (outer.span, outer.trace, Kind::Consumer)
    );
    let queue = named(&seen, "queue");
    assert_eq!((queue.parent, queue.edge), (outer.span, Edge::Queue));
    in_component(Component::register("spans/calls"));
    let span = watching.one("own text");
    assert_eq!(span.component.as_deref(), Some("spans/calls"));
}

struct Store(u8);

#[instrumented(span)]
impl Store {
    fn get(&self) -> u8 {
        self.0
    }

    #[instrumented(span("store.put", before = self.0, number = number))]
    fn put(&mut self, number: u8) {
        self.0 = number;
    }
}

#[instrumented(span)]
mod inside {
    pub(super) fn of_a_module() {}
}

#[test]
fn the_functions_of_a_block_are_spans() {
    let mut watching = Watching::begin();
    let mut store = Store(7);
    store.put(8);
    let put = watching.one("store.put");
    assert_eq!(
        (
            put.attributes["before"].as_str(),
            put.attributes["number"].as_str()
        ),
        ("7", "8")
    );
    assert_eq!(store.get(), 8);
    watching.one("spans::calls::Store::get");
    inside::of_a_module();
    watching.one("spans::calls::inside::of_a_module");
}

#[instrumented(span("left.out"))]
fn left_out(end: End) -> Result<u8, String> {
    checked(end)
}

#[instrumented(span("left.out"))]
async fn left_out_later(end: End) -> Result<u8, String> {
    left_out(end)
}

#[test]
fn what_fails_in_a_trace_that_is_not_sampled_is_not_recorded_for_that() {
    let mut watching = Watching::begin();
    watching.spans.set_share("left.out", 0.0);
    for end in [End::Ok, End::Err, End::Panic] {
        let _ = catch_unwind(|| left_out(end));
        let _ = catch_unwind(|| {
            let mut future = std::pin::pin!(left_out_later(end));
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            assert!(future.as_mut().poll(&mut context).is_ready());
        });
        let _ = catch_unwind(|| {
            let _root = span!("left.out");
            let _open = span!("inside").detach();
            left_out(end)
        });
        let root = span!("left.out");
        root.error("it was refused");
        root.detach().error("again");
    }
    watching.spans.set_share("left.out", 1.0);
    assert_eq!(watching.seen(), []);
}
