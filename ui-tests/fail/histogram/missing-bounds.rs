//! What is no duration has no bounds by default.

fn main() {
    let _ = obs::histogram!("size_bytes", "Sizes.");
}
