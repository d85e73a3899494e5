//! Parent is a carrier.
fn main() {
    obs::event!("retry", parent = obs::Carrier::tell());
}
