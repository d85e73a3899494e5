//! Attribute without value.
fn main() {
    let user = 7;
    let _span = obs::span!("fetch", user);
}
