//! Span name on block.
struct Store;

#[obs::instrumented(span("store"))]
impl Store {
    fn get(&self) {}
}

fn main() {
    Store.get();
}
