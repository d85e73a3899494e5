//! A share is a ratio from 0 to 1.

fn main() {
    let _ = obs::gauge!("cache_hits_percent", "Share of hits.");
}
