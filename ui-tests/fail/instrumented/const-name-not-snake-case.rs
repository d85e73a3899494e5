//! A name from a constant is checked as well.

use obs::instrumented;

const NAME: &str = "Work";

#[instrumented(name = NAME)]
fn work() {}

fn main() {
    work();
}
