//! Root with value.
fn main() {
    let _span = obs::span!("fetch", root = true);
}
