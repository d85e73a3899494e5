//! A histogram of bytes takes numbers, not durations.

use std::time::Duration;

fn main() {
    obs::histogram!("size_bytes", "Sizes.", bounds = [64, 1024]).observe(Duration::ZERO);
}
