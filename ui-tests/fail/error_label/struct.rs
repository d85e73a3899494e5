//! Errors are told apart by their variant.

use obs::ErrorLabel;

#[derive(ErrorLabel)]
struct Failure(u8);

fn main() {
    let _ = Failure(7);
}
