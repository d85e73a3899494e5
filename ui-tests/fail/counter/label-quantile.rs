//! `quantile` belongs to summaries.

fn main() {
    let _ = obs::counter!("jobs_total", "Jobs finished.", labels(quantile = "1"));
}
