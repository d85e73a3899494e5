//! The help text has no blanks around it.

fn main() {
    let _ = obs::counter!("jobs_total", "Jobs finished. ");
}
