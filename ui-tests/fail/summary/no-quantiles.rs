//! An empty list shows nothing.

fn main() {
    let _ = obs::summary!("call_seconds", "Time of a call.", quantiles = []);
}
