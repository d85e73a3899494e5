//! Only functions are called.

use obs::instrumented;

#[instrumented]
struct Work;

fn main() {
    let _ = Work;
}
