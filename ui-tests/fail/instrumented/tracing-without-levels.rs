//! Logging is asked for by level.

use obs::instrumented;

#[instrumented(tracing)]
fn work() {}

fn main() {
    work();
}
