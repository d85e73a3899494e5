//! A block that is left out needs no attribute.

use obs::instrumented;

struct Store;

#[instrumented(skip)]
impl Store {
    fn get(&self) {}
}

fn main() {
    Store.get();
}
