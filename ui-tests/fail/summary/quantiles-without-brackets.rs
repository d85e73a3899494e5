//! Quantiles are a list, also if there is only one.

fn main() {
    let _ = obs::summary!("call_seconds", "Time of a call.", quantiles = 0.5);
}
