//! A summary is exponential anyway.

fn main() {
    let _ = obs::summary!("call_seconds", "Time of a call.", quantiles = [0.5], exponential);
}
