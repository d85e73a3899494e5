//! What is about one function stands on that function.

use obs::instrumented;

struct Store;

#[instrumented(function = "get", future, ok_if = Option::is_some)]
impl Store {
    fn get(&self) -> Option<u8> {
        None
    }
}

fn main() {
    let _ = Store.get();
}
