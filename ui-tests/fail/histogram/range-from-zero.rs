//! Zero has a bucket of its own.

fn main() {
    let _ = obs::histogram!("call_seconds", "Time of a call.", exponential, range = [0, 1]);
}
