//! Info without info ending.

fn main() {
    obs::gauge!("component_version", "What it is.", info(version)).set(["1.0"]);
}
