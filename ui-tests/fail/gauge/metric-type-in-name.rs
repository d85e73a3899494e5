//! A name does not say what type of metric it is.

fn main() {
    let _ = obs::gauge!("queue_gauge", "Jobs that wait.");
}
