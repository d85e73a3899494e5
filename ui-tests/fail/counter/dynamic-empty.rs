//! Dynamic empty.

fn main() {
    obs::counter!("requests_total", "Requests.", dynamic());
}
