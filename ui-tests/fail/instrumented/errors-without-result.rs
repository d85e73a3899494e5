//! Without a result there are no errors.

use obs::{ErrorLabel, instrumented};

#[derive(ErrorLabel)]
enum Failure {
    Absent,
}

#[instrumented(errors = Failure)]
fn work() -> Option<u8> {
    None
}

fn main() {
    let _ = (work(), Failure::Absent);
}
