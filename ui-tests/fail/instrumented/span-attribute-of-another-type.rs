//! Span attribute of another type.
struct User;

#[obs::instrumented(span(user = user))]
fn fetch(user: User) {
    drop(user);
}

fn main() {
    fetch(User);
}
