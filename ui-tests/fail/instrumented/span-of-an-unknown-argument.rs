//! Span of an unknown argument.
#[obs::instrumented(span(user = name))]
fn fetch(user: &str) -> usize {
    user.len()
}

fn main() {
    fetch("ada");
}
