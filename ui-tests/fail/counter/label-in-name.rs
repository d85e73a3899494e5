//! The name does not repeat a label.

fn main() {
    let _ = obs::counter!("jobs_by_kind_total", "Jobs finished.", labels(kind = "short"));
}
