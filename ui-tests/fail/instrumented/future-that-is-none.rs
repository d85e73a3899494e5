//! What is said to be a future is one.

use obs::instrumented;

#[instrumented(future)]
fn work() -> u8 {
    7
}

fn main() {
    let _ = work();
}
