//! Only exponential buckets have a range.

fn main() {
    let _ = obs::histogram!("call_seconds", "Time of a call.", range = [0.1, 1]);
}
