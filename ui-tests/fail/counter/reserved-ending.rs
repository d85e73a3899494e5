//! Expositions add `_count` themselves.

fn main() {
    let _ = obs::counter!("jobs_count_total", "Jobs finished.");
}
