//! A label has a text or an enum.

fn main() {
    let _ = obs::counter!("jobs_total", "Jobs finished.", labels(kind));
}
