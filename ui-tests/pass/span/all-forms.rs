//! All forms of a call, and what can be an attribute.
#![forbid(unsafe_code)]
#![deny(warnings)]

use obs::{Carrier, Context, Edge, OpenSpan, Span, span};
use std::borrow::Cow;
use std::sync::Arc;

const NAME: &str = "named elsewhere";

mod names {
    pub(super) const NAME: &str = "named in a module";
}

fn kinds() {
    let _server = span!("server", kind = server);
    let _client = span!("client", kind = client);
    let _producer = span!("producer", kind = producer);
    let _consumer = span!("consumer", kind = consumer);
    let _internal = span!("internal", kind = internal,);
}

fn origins() {
    let carrier = Carrier::ask();
    let _root = span!("root", root);
    let _detached = span!("detached", detached);
    let _child = span!("child", parent = Context::current());
    let _of_reference = span!("of a reference", parent = &carrier);
    let _received = span!("received", parent = Carrier::of(Context::NONE, Edge::Call), detached);
    let _perhaps = span!("perhaps", parent = Some(carrier));
}

fn values() {
    let (text, owned, missing) = ("text", String::from("owned"), None::<u8>);
    let _span = span!(
        "values",
        text = text,
        owned = owned,
        reference = &owned,
        shared = Arc::<str>::from("shared"),
        boxed = Box::<str>::from("boxed"),
        cow = Cow::Borrowed("cow"),
        missing = missing,
        there = Some(7),
        yes = true,
        small = 7_u8,
        negative = -7_i64,
        size = 7_usize,
        half = 0.5,
        displayed = %7.5,
        debugged = ?[1, 2],
        http.method = "GET",
        "http.route" = text,
        r#type = "raw",
    );
}

fn generic<T: std::fmt::Debug>(value: &T) -> Span {
    span!("generic", value = ?value)
}

fn stored() -> OpenSpan {
    span!("stored").detach()
}

fn main() {
    let _named = span!(NAME, user = 7);
    let _in_module = span!(names::NAME);
    kinds();
    origins();
    drop(generic(&[7]));
    let open = stored();
    open.set("key", "value");
    open.ok();
    std::thread::spawn(move || open.scope(|| drop(span!("elsewhere")))).join().unwrap();
    values();
    let span = span!("said");
    span.set("key", 7);
    span.link(Context::current());
    span.keep_trace();
    span.error("it went wrong");
}
