//! A family of its own has no label `function`.

use obs::instrumented;

#[instrumented(name = "work", function = "work")]
fn work() {}

fn main() {
    work();
}
