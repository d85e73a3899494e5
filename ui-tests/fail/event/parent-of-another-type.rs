//! Parent of another type.
fn main() {
    obs::event!("retry", parent = 7);
}
