//! `in_flight` stands alone.

use obs::instrumented;

#[instrumented(in_flight = true)]
fn work() {}

fn main() {
    work();
}
