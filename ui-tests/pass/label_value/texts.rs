//! A value is the variant in snake_case, or the text that it is given.
#![forbid(unsafe_code)]
#![deny(warnings)]

use obs::LabelValue;

#[derive(Clone, Copy, LabelValue)]
enum Outcome {
    Ok,
    TimedOut,
    HTTPError,
    V2,
    r#Type,
    #[label("not found")]
    NotFound,
    #[label(value = "5xx")]
    Server,
}

fn main() {
    use Outcome::*;
    let all = [Ok, TimedOut, HTTPError, V2, r#Type, NotFound, Server];
    let texts = ["ok", "timed_out", "http_error", "v2", "type", "not found", "5xx"];
    assert_eq!(Outcome::VALUES, texts);
    assert_eq!(all.map(LabelValue::index), [0, 1, 2, 3, 4, 5, 6]);
}
