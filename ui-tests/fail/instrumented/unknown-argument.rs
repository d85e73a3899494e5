//! An unknown argument is told the one that was meant.

use obs::instrumented;

#[instrumented(componnet = c)]
fn work() {}

fn main() {
    work();
}
