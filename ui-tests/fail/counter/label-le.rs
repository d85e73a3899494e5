//! `le` belongs to histograms.

fn main() {
    let _ = obs::counter!("jobs_total", "Jobs finished.", labels(le = "1"));
}
