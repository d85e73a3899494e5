//! Dynamic nine labels.

fn main() {
    obs::counter!("requests_total", "Requests.", dynamic(a, b, c, d, e, f, g, h, i));
}
