//! A histogram has no window.

fn main() {
    let _ = obs::histogram!("call_seconds", "Time of a call.", exponential, window = "5m");
}
