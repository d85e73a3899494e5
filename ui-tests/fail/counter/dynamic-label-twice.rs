//! Dynamic label twice.

fn main() {
    obs::counter!("requests_total", "Requests.", labels(path = "x"), dynamic(path)).with(["a"]).inc();
}
