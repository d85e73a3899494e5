//! Labels stand in parentheses.

fn main() {
    let _ = obs::counter!("jobs_total", "Jobs finished.", labels = "short");
}
