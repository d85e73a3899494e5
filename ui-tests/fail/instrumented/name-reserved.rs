//! The names of obs are reserved for it.

use obs::instrumented;

#[instrumented(name = "obs_work")]
fn work() {}

fn main() {
    work();
}
