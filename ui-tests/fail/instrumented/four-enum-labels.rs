//! Beside the outcome there is room for three.

use obs::instrumented;

#[instrumented(name = "work", labels(a: bool = true, b: bool = true, c: bool = true, d: bool = true))]
fn work() {}

fn main() {
    work();
}
