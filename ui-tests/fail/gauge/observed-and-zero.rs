//! An observed gauge shows nothing before it is told something.

fn main() {
    let _ = obs::gauge!("queue_length", "Jobs that wait.", observed, zero);
}
