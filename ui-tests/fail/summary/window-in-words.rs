//! A window is a number and a unit.

fn main() {
    let _ = obs::summary!("call_seconds", "Time of a call.", quantiles = [0.5], window = "five minutes");
}
