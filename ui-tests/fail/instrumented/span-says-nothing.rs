//! Span says nothing.
#[obs::instrumented(span())]
fn fetch() {}

fn main() {
    fetch();
}
