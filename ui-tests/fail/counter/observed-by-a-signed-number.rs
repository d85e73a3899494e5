//! A counter is told what was counted.

fn main() {
    let _ = obs::counter!("jobs_total", "Jobs finished.", observed = || -1i64);
}
