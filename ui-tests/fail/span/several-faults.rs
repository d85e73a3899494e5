//! Several faults.
fn main() {
    let _span = obs::span!("", user, kind = consumes);
}
