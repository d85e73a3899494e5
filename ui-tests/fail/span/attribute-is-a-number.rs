//! Attribute is a number.
fn main() {
    let _span = obs::span!("fetch", 7);
}
