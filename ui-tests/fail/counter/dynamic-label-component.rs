//! Dynamic label component.

fn main() {
    obs::counter!("requests_total", "Requests.", dynamic(component)).with(["a"]).inc();
}
