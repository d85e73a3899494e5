//! A component is a `Component`.

use obs::instrumented;

#[instrumented(component = "worker")]
fn work() {}

fn main() {
    work();
}
