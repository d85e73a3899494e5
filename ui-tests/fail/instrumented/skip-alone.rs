//! There is nothing to be left out of.

use obs::instrumented;

#[instrumented(skip)]
fn work() {}

fn main() {
    work();
}
