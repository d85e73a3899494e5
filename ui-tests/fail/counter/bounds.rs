//! Only histograms have bounds.

fn main() {
    let _ = obs::counter!("jobs_total", "Jobs finished.", bounds = [1.0]);
}
