//! An unknown argument is told the one that was meant.

fn main() {
    let _ = obs::counter!("jobs_total", "Jobs finished.", label(kind = "short"));
}
