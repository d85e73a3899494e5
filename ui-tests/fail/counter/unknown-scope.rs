//! A scope is one of two.

fn main() {
    let _ = obs::counter!("jobs_total", "Jobs finished.", scope = global);
}
