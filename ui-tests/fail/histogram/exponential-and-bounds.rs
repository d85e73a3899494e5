//! Exponential buckets have their own bounds.

fn main() {
    let _ = obs::histogram!("call_seconds", "Time of a call.", bounds = [0.1], exponential);
}
