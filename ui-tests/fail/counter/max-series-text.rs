//! Max series text.

fn main() {
    obs::counter!("requests_total", "Requests.", dynamic(path), max_series = "many").with(["/"]).inc();
}
