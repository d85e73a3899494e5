//! Bounds that stand elsewhere are checked too.

const BOUNDS: &[f64] = &[1.0, 0.5];

fn main() {
    let _ = obs::histogram!("wait_seconds", "Time in the queue.", bounds = BOUNDS);
}
