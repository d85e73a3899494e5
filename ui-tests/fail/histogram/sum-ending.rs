//! Expositions add `_sum` themselves.

fn main() {
    let _ = obs::histogram!("wait_seconds_sum", "Time in the queue.");
}
