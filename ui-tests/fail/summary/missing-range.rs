//! Only seconds have a range by default.

fn main() {
    let _ = obs::summary!("payload_bytes", "Sizes.", quantiles = [0.5]);
}
