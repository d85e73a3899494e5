//! A schema is 5 at most.

fn main() {
    let _ = obs::histogram!("call_seconds", "Time of a call.", exponential(schema = 8));
}
