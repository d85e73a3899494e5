//! Bounds are a list or a path.

fn main() {
    let _ = obs::histogram!("wait_seconds", "Time in the queue.", bounds = &[1.0]);
}
