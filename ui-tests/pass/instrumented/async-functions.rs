//! Async functions: their futures stay `Send`, and their types are known.
#![forbid(unsafe_code)]
#![deny(warnings)]

use obs::{Component, instrumented};
use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

#[instrumented]
async fn nothing() {}

#[instrumented(in_flight, name = "parse")]
async fn parse(text: &str) -> Result<u8, Box<dyn std::error::Error + Send + Sync>> {
    #![allow(unused_variables)]
    let unused = 7;
    nothing().await;
    if text.is_empty() {
        return Err("empty".into());
    }
    Ok(text.parse()?)
}

#[instrumented]
async fn collected(text: String) -> Vec<char> {
    text.chars().collect()
}

#[instrumented]
async fn parts(text: &str) -> std::io::Result<impl Iterator<Item = &str>> {
    Ok(text.split(','))
}

#[instrumented]
async fn endless() -> ! {
    std::future::pending().await
}

#[instrumented]
async fn generic<T: Send, F>(make: F) -> T
where
    F: AsyncFn() -> T,
{
    make().await
}

struct Store {
    component: Component,
    values: Vec<String>,
}

trait Take {
    async fn take(&mut self) -> Option<&String>;
}

impl Take for Store {
    #[instrumented(component = self.component)]
    async fn take(&mut self) -> Option<&String> {
        self.values.push("a".to_owned());
        self.values.last()
    }
}

impl Store {
    #[instrumented(component = self.component)]
    fn later(&self) -> impl Future<Output = Result<usize, ()>> + Send {
        let length = self.values.len();
        async move { Ok(length) }
    }

    #[instrumented(component = self.component)]
    fn boxed<'a>(&'a self) -> Pin<Box<dyn Future<Output = Result<&'a String, ()>> + Send + 'a>> {
        Box::pin(async { self.values.first().ok_or(()) })
    }
}

fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits"),
    }
}

fn send<T: Send>(value: T) -> T {
    value
}

fn main() {
    now(send(nothing()));
    assert_eq!(now(send(parse("7"))).unwrap(), 7);
    assert!(now(parse("")).is_err() && now(parse("x")).is_err());
    assert_eq!(now(send(collected("ab".to_owned()))), ['a', 'b']);
    assert_eq!(now(send(parts("a,b"))).unwrap().count(), 2);
    assert_eq!(now(generic(async || 7)), 7);
    drop(send(endless()));
    let mut store = Store { component: Component::register("store"), values: Vec::new() };
    assert_eq!(now(store.take()).unwrap(), "a");
    assert_eq!(now(send(store.later())), Ok(1));
    assert_eq!(now(store.boxed()).unwrap(), "a");
}
