//! Only a future is busy in polls.

use obs::instrumented;

#[instrumented(busy)]
fn work() {}

fn main() {
    work();
}
