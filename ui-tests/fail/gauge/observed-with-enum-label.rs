//! A function tells one value.

fn main() {
    let _ = obs::gauge!("queue_length", "Jobs that wait.", labels(well: bool), observed = || 5);
}
