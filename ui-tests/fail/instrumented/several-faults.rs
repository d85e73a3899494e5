//! All faults are shown at once.

use obs::instrumented;

#[instrumented(name = "Work", in_flight = 7, naem = "x")]
fn work() {}

fn main() {
    work();
}
