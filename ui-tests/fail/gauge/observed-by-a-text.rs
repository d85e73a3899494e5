//! A gauge is told numbers.

fn main() {
    let _ = obs::gauge!("queue_length", "Jobs that wait.", observed = || "five");
}
