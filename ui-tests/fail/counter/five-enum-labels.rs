//! A metric has at most four enum labels.

use obs::LabelValue;

#[derive(Clone, Copy, LabelValue)]
enum Method {
    Get,
    Put,
}

fn main() {
    let _ = obs::counter!(
        "jobs_total",
        "Jobs finished.",
        labels(a: Method, b: Method, c: Method, d: Method, e: Method)
    );
    let _ = (Method::Get, Method::Put);
}
