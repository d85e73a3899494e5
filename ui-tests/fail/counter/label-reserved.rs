//! Labels that start with two underscores belong to Prometheus.

fn main() {
    let _ = obs::counter!("jobs_total", "Jobs finished.", labels(__kind = "short"));
}
