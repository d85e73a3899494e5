//! The shared form: a static, public, with labels.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs)]

use obs::{Counter, LabelValue, counter};

/// What is asked for.
#[derive(Clone, Copy, LabelValue)]
pub enum Method {
    /// To read.
    Get,
    /// To write.
    Put,
}

/// Jobs finished.
pub static JOBS: Counter = counter!("jobs_total", "Jobs finished.");

/// Requests by method.
pub static REQUESTS: Counter<Method> =
    counter!("requests_total", "Requests.", labels(method: Method));

/// Requests by method and success, over HTTP.
pub static MORE: Counter<(Method, bool)> = counter!(
    "more_requests_total",
    "Requests.",
    labels(method: Method, ok: bool, protocol = "http"),
);

fn main() {
    JOBS.inc();
    REQUESTS.with(Method::Get).inc();
    MORE.with((Method::Put, true)).inc_by(2);
}
