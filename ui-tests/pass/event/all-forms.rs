//! All forms of a call.
#![forbid(unsafe_code)]
#![deny(warnings)]

use obs::{Context, event};

const NAME: &str = "named elsewhere";

fn main() {
    event!("plain");
    event!(NAME, attempt = 2,);
    event!("of another span", parent = Context::NONE, key = "value");
    event!("words of spans are keys here", root = 1, kind = "x", detached = true);
    let evaluates_to: () = event!("statement", "http.route" = "/", user.id = 7, error = %"e", state = ?Some(7));
    evaluates_to
}
