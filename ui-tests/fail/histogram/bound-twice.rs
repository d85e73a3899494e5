//! Bounds increase strictly.

fn main() {
    let _ = obs::histogram!("size_bytes", "Sizes.", bounds = [1, 1]);
}
