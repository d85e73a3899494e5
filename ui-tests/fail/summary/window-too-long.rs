//! A window is a day at most.

fn main() {
    let _ = obs::summary!("call_seconds", "Time of a call.", quantiles = [0.5], window = "48h");
}
