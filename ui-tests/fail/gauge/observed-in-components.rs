//! A function tells what the process is like.

fn main() {
    let _ = obs::gauge!("queue_length", "Jobs that wait.", observed = || 5, scope = component);
}
