//! A condition is an expression.

use obs::instrumented;

#[instrumented(ok_if)]
fn work() -> u8 {
    7
}

fn main() {
    let _ = work();
}
