//! Info wrong number of values.

fn main() {
    obs::gauge!("component_info", "What it is.", info(version, digest)).set(["1.0"]);
}
