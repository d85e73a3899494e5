//! The states are a label called like the metric.

#[derive(Clone, Copy, obs::LabelValue)]
enum State {
    Running,
}

fn main() {
    let _ = obs::gauge!("component", "What it does.", states = State);
}
