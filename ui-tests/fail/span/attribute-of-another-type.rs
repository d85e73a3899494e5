//! Attribute of another type.
struct User;

fn main() {
    let _span = obs::span!("fetch", user = User);
}
