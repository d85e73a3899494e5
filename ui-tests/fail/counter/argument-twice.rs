//! An argument is given once.

fn main() {
    let _ = obs::counter!("jobs_total", "Jobs finished.", zero, zero);
}
