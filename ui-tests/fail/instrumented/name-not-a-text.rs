//! A name is a text.

use obs::instrumented;

#[instrumented(name = work)]
fn work() {}

fn main() {
    work();
}
