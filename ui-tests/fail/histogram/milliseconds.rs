//! Durations are in seconds.

fn main() {
    let _ = obs::histogram!("wait_ms", "Time in the queue.");
}
