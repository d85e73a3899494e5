//! `le` is the bucket.

fn main() {
    let _ = obs::histogram!("wait_seconds", "Time in the queue.", labels(le = "1"));
}
