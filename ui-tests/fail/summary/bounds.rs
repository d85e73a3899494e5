//! A summary has no bounds.

fn main() {
    let _ = obs::summary!("call_seconds", "Time of a call.", quantiles = [0.5], bounds = [1.0]);
}
