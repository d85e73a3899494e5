//! A label has a text.

use obs::ErrorLabel;

#[derive(ErrorLabel)]
enum Failure {
    #[label("")]
    Absent(u8),
}

fn main() {
    let _ = Failure::Absent(7);
}
