//! Span name after attribute.
#[obs::instrumented(span(user = 7, "fetch"))]
fn fetch() {}

fn main() {
    fetch();
}
