//! Parent of another type.
fn main() {
    let _span = obs::span!("fetch", parent = 7);
}
