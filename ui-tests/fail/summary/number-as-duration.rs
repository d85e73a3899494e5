//! A summary of bytes observes numbers.

fn main() {
    obs::summary!("payload_bytes", "Sizes.", quantiles = [0.5], range = [1, 1024]).observe(std::time::Duration::ZERO);
}
