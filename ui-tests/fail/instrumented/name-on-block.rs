//! A name is for one function.

use obs::instrumented;

struct Store;

#[instrumented(name = "store")]
impl Store {
    fn get(&self) {}
}

fn main() {
    Store.get();
}
