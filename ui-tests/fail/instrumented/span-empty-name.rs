//! Span empty name.
#[obs::instrumented(span(""))]
fn fetch() {}

fn main() {
    fetch();
}
