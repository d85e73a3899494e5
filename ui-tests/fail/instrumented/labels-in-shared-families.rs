//! The families that all functions share have the labels that they have.

use obs::{LabelValue, instrumented};

#[derive(Clone, Copy, LabelValue)]
enum Method {
    Get,
    Put,
}

#[instrumented(labels(method: Method = method))]
fn work(method: Method) {
    let _ = method;
}

fn main() {
    work(Method::Get);
    work(Method::Put);
}
