//! States are an enum.

fn main() {
    let _ = obs::gauge!("worker_state", "What it does.", states = ["a", "b"]);
}
