//! Empty name.
fn main() {
    let _span = obs::span!("");
}
