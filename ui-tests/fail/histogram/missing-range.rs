//! Only seconds have a range by default.

fn main() {
    let _ = obs::histogram!("payload_bytes", "Sizes.", exponential);
}
