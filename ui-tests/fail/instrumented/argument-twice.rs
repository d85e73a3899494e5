//! An argument is given once.

use obs::instrumented;

#[instrumented(in_flight, in_flight)]
fn work() {}

fn main() {
    work();
}
