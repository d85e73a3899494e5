//! Info.

fn main() {
    obs::counter!("build_total", "Builds.", info(version));
}
