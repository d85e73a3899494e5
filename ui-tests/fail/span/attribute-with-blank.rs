//! Attribute with blank.
fn main() {
    let _span = obs::span!("fetch", "user id" = 7);
}
