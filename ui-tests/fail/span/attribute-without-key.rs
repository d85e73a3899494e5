//! Attribute without key.
fn main() {
    let _span = obs::span!("fetch", "" = 7);
}
