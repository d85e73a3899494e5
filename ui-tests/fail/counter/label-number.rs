//! The value of a label is a text.

fn main() {
    let _ = obs::counter!("jobs_total", "Jobs finished.", labels(kind = 7));
}
