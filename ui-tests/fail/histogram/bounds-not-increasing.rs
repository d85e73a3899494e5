//! Bounds increase, which the error says at the number that does not.

fn main() {
    let _ = obs::histogram!("wait_seconds", "Time in the queue.", bounds = [0.1, 1.0, 0.5]);
}
