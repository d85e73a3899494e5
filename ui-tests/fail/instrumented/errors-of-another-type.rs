//! The errors are those of the returned value.

use obs::{ErrorLabel, instrumented};

#[derive(ErrorLabel)]
enum Failure {
    Absent,
}

#[instrumented(errors = Failure)]
fn work() -> Result<(), String> {
    Ok(())
}

fn main() {
    let _ = (work(), Failure::Absent);
}
