//! A state set is set.

fn main() {
    let _ = obs::gauge!("worker_state", "What it does.", observed, states = bool);
}
