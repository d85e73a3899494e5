//! A level is one of five.

use obs::instrumented;

#[instrumented(tracing(err = "warning"))]
fn work() -> Result<(), u8> {
    Ok(())
}

fn main() {
    let _ = work();
}
