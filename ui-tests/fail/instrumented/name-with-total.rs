//! A prefix has no suffix.

use obs::instrumented;

#[instrumented(name = "work_total")]
fn work() {}

fn main() {
    work();
}
