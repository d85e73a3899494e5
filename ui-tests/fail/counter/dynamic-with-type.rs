//! Dynamic with type.

fn main() {
    obs::counter!("requests_total", "Requests.", dynamic(path: String));
}
