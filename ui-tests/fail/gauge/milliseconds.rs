//! Time is in seconds.

fn main() {
    let _ = obs::gauge!("lag_ms", "How far behind.");
}
