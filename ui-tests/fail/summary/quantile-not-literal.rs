//! A quantile is a number, so that its label can be known.

fn main() {
    let _ = obs::summary!("call_seconds", "Time of a call.", quantiles = [HALF]);
}
