//! A label is given once.

use obs::instrumented;

#[instrumented(name = "work", labels(kind = "a", kind = "b"))]
fn work() {}

fn main() {
    work();
}
