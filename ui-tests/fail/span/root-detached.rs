//! Root detached.
fn main() {
    let _span = obs::span!("fetch", root, detached);
}
