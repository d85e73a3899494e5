//! A gauge of whole numbers is not set to a fraction.

fn main() {
    obs::gauge!("open_handles", "Open handles.", integer).set(0.5);
}
