//! What is observed is not set.

fn main() {
    obs::gauge!("queue_length", "Jobs that wait.", observed).set(1);
}
