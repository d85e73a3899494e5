//! A label without text is the same as none.

fn main() {
    let _ = obs::counter!("jobs_total", "Jobs finished.", labels(kind = ""));
}
