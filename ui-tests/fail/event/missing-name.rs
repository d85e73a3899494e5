//! Missing name.
fn main() {
    obs::event!(attempt = 2);
}
