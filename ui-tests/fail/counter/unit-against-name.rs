//! The unit is the one that the name says.

fn main() {
    let _ = obs::counter!("busy_seconds_total", "Time spent.", unit = "bytes");
}
