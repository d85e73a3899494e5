//! What is observed has no labels with any text.

fn main() {
    let _ = obs::gauge!("queue_length", "Jobs that wait.", observed, dynamic(path));
}
