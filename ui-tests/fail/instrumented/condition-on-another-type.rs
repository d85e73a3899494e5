//! A condition takes what is returned.

use obs::instrumented;

#[instrumented(ok_if = Option::is_some)]
fn work() -> u8 {
    7
}

fn main() {
    let _ = work();
}
