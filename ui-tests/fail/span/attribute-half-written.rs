//! Attribute half written.
fn main() {
    let _span = obs::span!("fetch", user = );
}
