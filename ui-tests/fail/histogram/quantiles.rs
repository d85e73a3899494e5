//! A histogram shows no quantiles.

fn main() {
    let _ = obs::histogram!("call_seconds", "Time of a call.", quantiles = [0.5]);
}
