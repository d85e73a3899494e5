//! A list of bounds has at least one.

fn main() {
    let _ = obs::histogram!("wait_seconds", "Time in the queue.", bounds = []);
}
