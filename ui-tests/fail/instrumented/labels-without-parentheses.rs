//! Labels are written in parentheses.

use obs::instrumented;

#[instrumented(name = "work", labels = "method")]
fn work() {}

fn main() {
    work();
}
