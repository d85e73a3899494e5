//! What the lints find without the attribute, they find with it.

#![deny(dead_code, unused_variables, unused_must_use, missing_docs, unused_mut)]

use obs::instrumented;

#[instrumented]
fn never_called() {}

#[instrumented(in_flight)]
pub fn without_docs(unused: u8) {}

#[instrumented]
#[must_use]
fn must_use() -> Result<u8, u8> {
    let mut seven = 7;
    Ok(seven)
}

struct Store;

#[instrumented]
impl Store {
    fn never_called_either(&self) {}

    async fn later(&self, unused: u8) {}
}

fn main() {
    without_docs(7);
    must_use();
    Store.later(7);
}
