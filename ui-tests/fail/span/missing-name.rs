//! Missing name.
fn main() {
    let _span = obs::span!(user = 7);
}
