//! A family has a name.

use obs::instrumented;

#[instrumented(name = "")]
fn work() {}

fn main() {
    work();
}
