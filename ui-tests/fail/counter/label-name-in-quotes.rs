//! The name of a label is a word.

fn main() {
    let _ = obs::counter!("jobs_total", "Jobs finished.", labels("kind" = "short"));
}
