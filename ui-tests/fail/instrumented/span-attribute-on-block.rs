//! Span attribute on block.
struct Store(u8);

#[obs::instrumented(span(number = self.0))]
impl Store {
    fn get(&self) {}
}

fn main() {
    Store(7).get();
}
