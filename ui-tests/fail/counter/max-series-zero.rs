//! Max series zero.

fn main() {
    obs::counter!("requests_total", "Requests.", dynamic(path), max_series = 0).with(["/"]).inc();
}
