//! An enum label is chosen by an expression.

use obs::{LabelValue, instrumented};

#[derive(Clone, Copy, LabelValue)]
enum Method {
    Get,
    Put,
}

#[instrumented(name = "work", labels(method: Method))]
fn work() {}

fn main() {
    work();
    let _ = (Method::Get, Method::Put);
}
