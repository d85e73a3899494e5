//! A counter has no states.

#[derive(Clone, Copy, obs::LabelValue)]
enum State {
    Running,
}

fn main() {
    let _ = obs::counter!("jobs_total", "Jobs finished.", states = State);
}
