//! An observed gauge shows what it is told.

fn main() {
    let _ = obs::gauge!("queue_length", "Jobs that wait.", observed, integer);
}
