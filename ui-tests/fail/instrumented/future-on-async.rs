//! An async function is known to return a future.

use obs::instrumented;

#[instrumented(future)]
async fn work() {}

fn main() {
    let _ = work();
}
