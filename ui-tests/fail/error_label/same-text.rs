//! Two variants are two errors.

use obs::ErrorLabel;

#[derive(ErrorLabel)]
enum Failure {
    NotFound,
    #[label("not_found")]
    Absent(u8),
}

fn main() {
    let _ = (Failure::NotFound, Failure::Absent(7));
}
