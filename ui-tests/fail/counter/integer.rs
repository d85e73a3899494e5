//! A counter counts whole numbers anyway.

fn main() {
    let _ = obs::counter!("jobs_total", "Jobs finished.", integer);
}
