//! Prometheus computes rates, programs count.

fn main() {
    let _ = obs::counter!("jobs_per_second_total", "Jobs finished.");
}
