//! The ends of a range are numbers.

fn main() {
    let _ = obs::histogram!("call_seconds", "Time of a call.", exponential, range = LONG);
}
