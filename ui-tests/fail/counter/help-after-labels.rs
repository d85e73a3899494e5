//! The help text comes before everything else but the name.

fn main() {
    let _ = obs::counter!("jobs_total", labels(kind = "short"));
}
