//! Functions of all shapes as spans, with what can be said of those.
#![forbid(unsafe_code)]
#![deny(warnings)]

use obs::{Carrier, Component, Context, ErrorLabel, instrumented};
use std::fmt;
use std::future::{Future, ready};
use std::pin::Pin;

const NAME: &str = "named elsewhere";

#[derive(Debug, ErrorLabel)]
enum Failure {
    Absent,
}

/// Displays nothing.
struct Silent;

struct Message {
    text: String,
    carrier: Carrier,
}

#[instrumented(span)]
fn plain() {}

#[instrumented(span("named", user = user, length = user.len(), debugged = ?user))]
fn named(user: String) -> Result<String, Silent> {
    Ok(user)
}

#[instrumented(span(NAME, root), name = "named_elsewhere", errors = Failure)]
fn named_elsewhere() -> Result<u8, Failure> {
    Err(Failure::Absent)
}

#[instrumented(span(detached))]
fn borrowed(text: &str) -> &str {
    text
}

#[instrumented(span(kind = consumer, parent = message.carrier, text = message.text), component = component)]
async fn handle(component: Component, message: Message) -> Result<usize, fmt::Error> {
    let _ = component;
    ready(()).await;
    Ok(message.text.len())
}

#[instrumented(span("later", text = text, http.route = "/"), busy, polls)]
fn later(text: String) -> impl Future<Output = Result<String, Box<dyn std::error::Error>>> {
    async move { Ok(text) }
}

#[instrumented(span)]
fn boxed<'a>(text: &'a str) -> Pin<Box<dyn Future<Output = usize> + Send + 'a>> {
    Box::pin(async { text.len() })
}

#[instrumented(span(parent = context), ok_if = Option::is_some)]
fn looked_at(context: Context) -> Option<Context> {
    Some(context)
}

#[instrumented(span(number = number), err_if = |number| *number == 0)]
async fn counted(number: u8) -> u8 {
    number
}

#[instrumented(span)]
async fn never_ends() -> ! {
    std::future::pending().await
}

#[instrumented(span(value = ?value))]
fn generic<T: fmt::Debug, E>(value: Result<T, E>) -> Result<T, E>
where
    E: fmt::Debug,
{
    value
}

struct Store(u8);

#[instrumented(span, polls)]
impl Store {
    fn get(&self) -> u8 {
        self.0
    }

    #[instrumented(span("store.put", before = self.0))]
    fn put(&mut self, number: u8) {
        self.0 = number;
    }

    async fn load(self) -> u8 {
        self.0
    }

    #[instrumented(skip)]
    const fn new(number: u8) -> Store {
        Store(number)
    }
}

fn is_sent<T: Send>(value: T) -> T {
    value
}

fn main() {
    let component = Component::register("spans");
    plain();
    let (_, _, _) = (named("ada".to_owned()).is_ok(), named_elsewhere().is_ok(), borrowed("b"));
    let carrier = Carrier::tell();
    let _handled = is_sent(handle(component, Message { text: "m".to_owned(), carrier }));
    drop((later("t".to_owned()), is_sent(boxed("b")), is_sent(counted(7)), never_ends()));
    assert!(looked_at(Context::NONE).is_some());
    assert!(generic(Ok::<_, ()>(7)).is_ok());
    let mut store = Store::new(7);
    store.put(store.get());
    drop(store.load());
}
