//! `zero` stands alone.

fn main() {
    let _ = obs::counter!("jobs_total", "Jobs finished.", zero = true);
}
