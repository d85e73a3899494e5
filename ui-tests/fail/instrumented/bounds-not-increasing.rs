//! Bounds increase, also those of a constant.

use obs::instrumented;

const BOUNDS: &[f64] = &[2.0, 1.0];

#[instrumented(name = "work", bounds = BOUNDS)]
fn work() {}

fn main() {
    work();
}
