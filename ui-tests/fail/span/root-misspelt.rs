//! Root misspelt.
fn main() {
    let _span = obs::span!("fetch", rot);
}
