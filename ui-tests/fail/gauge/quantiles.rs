//! A gauge shows no quantiles.

fn main() {
    let _ = obs::gauge!("queue_length", "Jobs that wait.", quantiles = [0.5], window = "5m");
}
