//! `_info` is reserved.

fn main() {
    let _ = obs::gauge!("build_info", "The build.");
}
