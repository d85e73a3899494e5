//! A metric has a name.

fn main() {
    let _ = obs::counter!();
}
