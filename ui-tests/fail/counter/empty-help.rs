//! The help text says something.

fn main() {
    let _ = obs::counter!("jobs_total", " ");
}
