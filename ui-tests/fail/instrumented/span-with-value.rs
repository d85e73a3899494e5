//! Span with value.
#[obs::instrumented(span = "fetch")]
fn fetch() {}

fn main() {
    fetch();
}
