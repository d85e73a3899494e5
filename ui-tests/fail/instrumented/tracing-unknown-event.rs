//! Errors and returned values can be logged.

use obs::instrumented;

#[instrumented(tracing(error = "warn"))]
fn work() -> Result<(), u8> {
    Ok(())
}

fn main() {
    let _ = work();
}
