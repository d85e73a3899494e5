//! Kind without value.
fn main() {
    let _span = obs::span!("fetch", kind);
}
