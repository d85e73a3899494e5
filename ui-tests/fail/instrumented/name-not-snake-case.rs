//! The names of families follow the rules.

use obs::instrumented;

#[instrumented(name = "doWork")]
fn work() {}

fn main() {
    work();
}
