//! Attribute without value.
fn main() {
    obs::event!("retry", attempt);
}
