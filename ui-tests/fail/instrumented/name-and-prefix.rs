//! Families are of one function or of several.

use obs::instrumented;

#[instrumented(name = "work", prefix = "works")]
fn work() {}

fn main() {
    work();
}
