//! Errors have a closed set of labels.

use obs::instrumented;

struct Failure;

#[instrumented(errors = Failure)]
fn work() -> Result<(), Failure> {
    Err(Failure)
}

fn main() {
    let _ = work();
}
