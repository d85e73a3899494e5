//! Span with crate inside.
#[obs::instrumented(span(crate = ::obs))]
fn fetch() {}

fn main() {
    fetch();
}
