//! A counter is called `…_total`.

fn main() {
    let _ = obs::counter!("jobs", "Jobs finished.");
}
