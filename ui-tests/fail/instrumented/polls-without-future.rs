//! Only a future is polled.

use obs::instrumented;

#[instrumented(polls, in_flight)]
fn work() {}

fn main() {
    work();
}
