//! A condition says yes or no.

use obs::instrumented;

#[instrumented(err_if = |number| number + 1)]
fn work() -> u8 {
    7
}

fn main() {
    let _ = work();
}
