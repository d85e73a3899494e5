//! Empty name.
fn main() {
    obs::event!("");
}
