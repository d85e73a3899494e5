//! Quantiles come in their order, each once.

fn main() {
    let _ = obs::summary!("call_seconds", "Time of a call.", quantiles = [0.9, 0.5, 0.5]);
}
