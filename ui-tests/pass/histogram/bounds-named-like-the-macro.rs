//! Constants of the user may be called what the macro calls its own.
#![forbid(unsafe_code)]
#![deny(warnings)]

const BOUNDS: &[f64] = &[1.0, 2.0];
const SITE: f64 = 1.0;
const KEYS: f64 = 2.0;

fn main() {
    obs::histogram!("size_bytes", "Sizes.", bounds = BOUNDS).observe(1.0);
    obs::histogram!("more_bytes", "Sizes.", bounds = [SITE, KEYS]).observe(1.0);
}
