//! A `const fn` runs where nothing can be recorded; it survives.

use obs::instrumented;

#[instrumented]
const fn work() -> u8 {
    7
}

const SEVEN: u8 = work();

fn main() {
    assert_eq!(SEVEN, 7);
}
