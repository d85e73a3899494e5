//! The bucket without a bound is always there.

fn main() {
    let _ = obs::histogram!("wait_seconds", "Time in the queue.", bounds = [1.0, 1e999]);
}
