//! Parent twice.
fn main() {
    let context = obs::Context::current();
    let _span = obs::span!("fetch", parent = context, parent = context);
}
