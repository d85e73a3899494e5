//! A name has at least one letter.

fn main() {
    let _ = obs::counter!("", "Jobs finished.");
}
