//! A counter has no buckets.

fn main() {
    let _ = obs::counter!("jobs_total", "Jobs finished.", exponential, range = [1, 2]);
}
