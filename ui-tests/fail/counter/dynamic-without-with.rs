//! Dynamic without with.

fn main() {
    obs::counter!("requests_total", "Requests.", dynamic(path)).inc();
}
