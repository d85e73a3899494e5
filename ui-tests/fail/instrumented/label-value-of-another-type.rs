//! The expression of a label is of the label's type.

use obs::{LabelValue, instrumented};

#[derive(Clone, Copy, LabelValue)]
enum Method {
    Get,
    Put,
}

#[instrumented(name = "work", labels(method: Method = 7))]
fn work() {}

fn main() {
    work();
    let _ = (Method::Get, Method::Put);
}
