//! The type of errors is said.

use obs::instrumented;

#[instrumented(errors)]
fn work() -> Result<(), u8> {
    Ok(())
}

fn main() {
    let _ = work();
}
