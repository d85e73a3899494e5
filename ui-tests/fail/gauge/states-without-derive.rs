//! States derive `LabelValue`.

#[derive(Clone, Copy)]
enum State {
    Running,
}

fn main() {
    obs::gauge!("worker_state", "What it does.", states = State).set(State::Running);
}
