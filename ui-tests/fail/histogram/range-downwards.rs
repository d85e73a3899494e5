//! A range goes up.

fn main() {
    let _ = obs::histogram!("call_seconds", "Time of a call.", exponential, range = [60.0, 0.001]);
}
