//! A prefix from a constant does not take obs's place.

use obs::instrumented;

const PREFIX: &str = "obs_work";

#[instrumented(prefix = PREFIX)]
fn work() {}

fn main() {
    work();
}
