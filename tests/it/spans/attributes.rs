//! Attributes and messages.

use std::cell::Cell;
use std::future::{Future, ready};

use obs::{Context, instrumented, span};

use crate::seen::Watching;

thread_local! {
    static EVALUATED: Cell<u32> = const { Cell::new(0) };
}

fn evaluated(number: u32) -> u32 {
    EVALUATED.with(|evaluated| evaluated.set(evaluated.get() + 1));
    number
}

#[instrumented(span("sync", text = text, length = text.len(), shown = %text, debugged = ?text, "http.route" = "/", n = evaluated(7)))]
fn takes(text: String) -> String {
    text
}

#[instrumented(span("async", text = text, n = evaluated(7)))]
async fn takes_later(text: String) -> String {
    text
}

#[instrumented(span("returned", text = text, missing = None::<u8>, n = evaluated(7)))]
fn takes_at_once(text: String) -> impl Future<Output = String> {
    ready(text)
}

async fn all(text: &str) {
    takes(text.to_owned());
    takes_later(text.to_owned()).await;
    takes_at_once(text.to_owned()).await;
}

#[tokio::test]
async fn attributes_are_what_the_arguments_were() {
    let mut watching = Watching::begin();
    all("a\"b").await;
    let seen = watching.seen();
    let of = |name: &str| &crate::seen::named(&seen, name).attributes;
    assert_eq!(
        Vec::from_iter(of("sync")),
        Vec::from_iter(&std::collections::BTreeMap::from(
            [
                ("text", "a\"b"),
                ("length", "3"),
                ("shown", "a\"b"),
                ("debugged", "\"a\\\"b\""),
                ("http.route", "/"),
                ("n", "7"),
            ]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
        ))
    );
    for name in ["async", "returned"] {
        assert_eq!(of(name)["text"], "a\"b", "{name}");
        assert_eq!((of(name)["n"].as_str(), of(name).len()), ("7", 2), "{name}");
    }
    assert_eq!(EVALUATED.with(Cell::get), 3);
}

#[tokio::test]
async fn what_is_not_recorded_is_not_evaluated() {
    let mut watching = Watching::begin();
    for names in ["sync", "async", "returned"] {
        watching.spans.switch(names, false);
    }
    all("off").await;
    for names in ["sync", "async", "returned"] {
        watching.spans.switch(names, true);
        watching.spans.set_share(names, 0.0);
    }
    watching.spans.set_share("unsampled", 0.0);
    {
        let unsampled = span!("unsampled");
        assert!(!unsampled.is_recorded());
        all("in a trace that is not recorded").await;
    }
    assert_eq!(EVALUATED.with(Cell::get), 0);
    // Whether a root is recorded is known at its start, which comes after the arguments have gone.
    takes("root".to_owned());
    takes_later("root".to_owned()).await;
    assert_eq!(EVALUATED.with(Cell::get), 0);
    takes_at_once("root".to_owned()).await;
    assert_eq!(EVALUATED.with(Cell::get), 1);
    assert_eq!(watching.seen(), []);
    for names in ["sync", "async", "returned", "unsampled"] {
        watching.spans.set_share(names, 1.0);
    }
}

#[test]
fn what_is_said_inside_belongs_to_the_call() {
    #[instrumented(span("inside"))]
    fn inside() {
        Context::current().set("said", "inside");
        obs::event!("happened");
    }
    let mut watching = Watching::begin();
    inside();
    let span = watching.one("inside");
    assert_eq!(
        (span.attributes["said"].as_str(), span.events),
        ("inside", vec!["happened"])
    );
}

#[tokio::test]
async fn many_long_attributes_of_a_future_are_all_kept() {
    #[instrumented(span("long", a = a, b = b, c = a, d = b, e = ?a))]
    fn long(a: String, b: String) -> impl Future<Output = usize> {
        ready(a.len() + b.len())
    }
    let mut watching = Watching::begin();
    let (a, b) = ("a".repeat(150), "b".repeat(1_000));
    let (first, cut) = (a.clone(), "b".repeat(200));
    long(a, b).await;
    let attributes = watching.one("long").attributes;
    for (key, value) in [("a", &first), ("b", &cut), ("c", &first), ("d", &cut)] {
        assert_eq!(&attributes[key], value, "{key}");
    }
    assert_eq!(attributes["e"], format!("{first:?}"));
}
