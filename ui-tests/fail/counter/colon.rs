//! Colons are for recording rules.

fn main() {
    let _ = obs::counter!("job:done_total", "Jobs finished.");
}
