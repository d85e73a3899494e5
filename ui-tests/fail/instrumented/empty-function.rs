//! A label without text is the same as none.

use obs::instrumented;

#[instrumented(function = "")]
fn work() {}

fn main() {
    work();
}
