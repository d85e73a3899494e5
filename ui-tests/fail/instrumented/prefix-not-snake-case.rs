//! A prefix makes good names.

use obs::instrumented;

#[instrumented(prefix = "workDone")]
fn work() {}

fn main() {
    work();
}
