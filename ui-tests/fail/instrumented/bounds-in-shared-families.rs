//! The families that all functions share have the buckets that they have.

use obs::instrumented;

#[instrumented(bounds = [1, 2])]
fn work() {}

fn main() {
    work();
}
