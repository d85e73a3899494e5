//! A const function of a block is left out in so many words.

use obs::instrumented;

struct Store;

#[instrumented]
impl Store {
    const fn new() -> Self {
        Store
    }

    #[instrumented(skip)]
    fn get(&self) {}
}

fn main() {
    Store::new().get();
}
