//! Attribute of another type.
fn main() {
    obs::event!("retry", attempts = vec![1, 2]);
}
