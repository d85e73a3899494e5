//! Only histograms have bounds.

fn main() {
    let _ = obs::gauge!("queue_length", "Jobs that wait.", bounds = [1.0]);
}
