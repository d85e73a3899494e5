//! Some labels are there anyway.

use obs::instrumented;

#[instrumented(name = "work", labels(outcome = "good"))]
fn work() {}

fn main() {
    work();
}
