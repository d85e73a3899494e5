//! A name does not say what type of metric it is.

fn main() {
    let _ = obs::counter!("jobs_counter_total", "Jobs finished.");
}
