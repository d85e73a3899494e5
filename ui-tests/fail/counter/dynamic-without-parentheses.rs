//! Dynamic without parentheses.

fn main() {
    obs::counter!("requests_total", "Requests.", dynamic).with(["/"]).inc();
}
