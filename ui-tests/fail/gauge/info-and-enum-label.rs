//! Info and enum label.

fn main() {
    obs::gauge!("component_info", "What it is.", labels(debug: bool), info(version)).set(["1.0"]);
}
