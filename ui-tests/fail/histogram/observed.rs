//! A histogram is made of observations.

fn main() {
    let _ = obs::histogram!("wait_seconds", "Time in the queue.", observed);
}
