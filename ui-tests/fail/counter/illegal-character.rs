//! A dash is no character of a name.

fn main() {
    let _ = obs::counter!("jobs-done_total", "Jobs finished.");
}
