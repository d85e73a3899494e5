//! Root and parent.
fn main() {
    let _span = obs::span!("fetch", root, parent = obs::Context::current());
}
