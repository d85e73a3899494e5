//! Only naming can be relaxed.

use obs::instrumented;

#[instrumented(name = "work", allow(bounds))]
fn work() {}

fn main() {
    work();
}
