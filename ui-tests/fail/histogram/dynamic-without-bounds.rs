//! Dynamic without bounds.

fn main() {
    obs::histogram!("payload_bytes", "Sizes.", dynamic(path)).with(["/"]).observe(1.0);
}
