//! A component is an expression.

use obs::instrumented;

#[instrumented(component)]
fn work() {}

fn main() {
    work();
}
