//! Dynamic wrong number of values.

fn main() {
    obs::counter!("requests_total", "Requests.", dynamic(path, method)).with(["/"]).inc();
}
