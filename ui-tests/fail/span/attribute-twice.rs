//! Attribute twice.
fn main() {
    let _span = obs::span!("fetch", user = 1, user = 2);
}
