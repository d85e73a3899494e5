//! Name of two lines.
fn main() {
    let _span = obs::span!("fetch\nonce");
}
