//! Nothing is taken from the prelude.
#![forbid(unsafe_code)]
#![deny(warnings)]
#![no_implicit_prelude]

use ::obs::{Context, event, span};

const NAME: &str = "name";

fn main() {
    let _span = span!(NAME, text = "text", displayed = %7, debugged = ?7, kind = client, parent = Context::current());
    let _root = span!("root", root);
    let _detached = span!("detached", detached);
    event!("event", text = "text", displayed = %7);
    event!(NAME, parent = Context::NONE);
}
