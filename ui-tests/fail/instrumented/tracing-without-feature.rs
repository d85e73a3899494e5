//! Logging is a feature of crate obs.

use obs::instrumented;

#[instrumented(tracing(err = "warn"))]
fn work() -> Result<(), u8> {
    Ok(())
}

fn main() {
    let _ = work();
}
