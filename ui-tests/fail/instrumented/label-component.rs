//! The component is no label of the user's.

use obs::instrumented;

#[instrumented(name = "work", labels(component = "worker"))]
fn work() {}

fn main() {
    work();
}
