//! Nothing is taken from the prelude.
#![forbid(unsafe_code)]
#![deny(warnings)]
#![no_implicit_prelude]

use ::obs::{Component, ErrorLabel, LabelValue, instrumented};

#[derive(::core::clone::Clone, ::core::marker::Copy, LabelValue)]
enum Method {
    Get,
}

#[derive(ErrorLabel)]
enum Failure {
    Absent,
}

const NAME: &str = "name";
const PREFIX: &str = "prefix";
const BOUNDS: &[f64] = &[1.0];

#[instrumented(
    component = component,
    prefix = PREFIX,
    bounds = BOUNDS,
    labels(method: Method = method, kind = "x"),
    in_flight,
    span(NAME, displayed = %7, kind = server),
    errors = Failure
)]
fn work(component: Component, method: Method) -> ::core::result::Result<u8, Failure> {
    ::core::result::Result::Err(Failure::Absent)
}

#[instrumented(component = component, busy, polls, span(debugged = ?7))]
async fn later(component: Component) -> u8 {
    7
}

#[instrumented(ok_if = ::core::option::Option::is_some)]
fn found() -> ::core::option::Option<u8> {
    ::core::option::Option::None
}

#[instrumented(future, span(number = 7))]
fn boxed() -> ::std::pin::Pin<::std::boxed::Box<dyn ::core::future::Future<Output = u8>>> {
    ::std::boxed::Box::pin(async { 7 })
}

struct Store;

#[instrumented]
impl Store {
    fn get(&self) {}

    #[instrumented(skip)]
    fn put(&self) {}
}

fn main() {
    let component = Component::register("no prelude");
    let _ = work(component, Method::Get);
    let _ = (later(component), boxed(), found());
    Store.get();
    Store.put();
}
