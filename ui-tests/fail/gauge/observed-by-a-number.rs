//! What tells the value is a function.

fn main() {
    let _ = obs::gauge!("queue_length", "Jobs that wait.", observed = 5);
}
