//! Formatted name.
fn main() {
    let _span = obs::span!("fetch {id}");
}
