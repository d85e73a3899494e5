//! The component is no label that is written: it is entered.

use obs::LabelValue;

#[derive(Clone, Copy, LabelValue)]
enum Method {
    Get,
    Put,
}

fn main() {
    let _ = obs::counter!("jobs_total", "Jobs finished.", labels(component: Method));
    let _ = (Method::Get, Method::Put);
}
