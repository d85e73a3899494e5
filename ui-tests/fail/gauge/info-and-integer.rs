//! Info and integer.

fn main() {
    obs::gauge!("component_info", "What it is.", integer, info(version)).set(["1.0"]);
}
