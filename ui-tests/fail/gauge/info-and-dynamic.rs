//! Info and dynamic.

fn main() {
    obs::gauge!("component_info", "What it is.", info(version), dynamic(digest)).set(["1.0"]);
}
