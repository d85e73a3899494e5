//! One thing tells success from failure.

use obs::instrumented;

#[instrumented(ok_if = Result::is_ok, errors = u8)]
fn work() -> Result<(), u8> {
    Ok(())
}

fn main() {
    let _ = work();
}
