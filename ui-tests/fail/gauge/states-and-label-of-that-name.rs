//! The label of the states is called like the metric.

#[derive(Clone, Copy, obs::LabelValue)]
enum State {
    Running,
}

fn main() {
    let _ = obs::gauge!("worker_state", "What it does.", labels(worker_state = "x"), states = State);
}
