//! Relaxed naming is still legal.

use obs::instrumented;

#[instrumented(name = "work-done", allow(naming))]
fn work() {}

fn main() {
    work();
}
