//! A range has two ends.

fn main() {
    let _ = obs::histogram!("call_seconds", "Time of a call.", exponential, range = [0.1]);
}
