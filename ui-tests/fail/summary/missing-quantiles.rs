//! A summary says what it shows.

fn main() {
    let _ = obs::summary!("call_seconds", "Time of a call.");
}
