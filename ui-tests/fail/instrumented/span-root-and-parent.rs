//! Span root and parent.
#[obs::instrumented(span(root, parent = context))]
fn fetch(context: obs::Context) {
    let _ = context;
}

fn main() {
    fetch(obs::Context::NONE);
}
