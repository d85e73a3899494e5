//! Functions of all kinds: their types, lints and attributes stay.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, unreachable_pub)]

use obs::instrumented;
use std::fmt::Display;

/// Adds.
#[instrumented]
#[inline]
#[must_use]
pub fn add(mut left: u8, (right, _): (u8, u8)) -> u8 {
    left += right;
    left
}

#[instrumented]
fn nothing() {}

#[instrumented(function = "parse")]
fn parse(text: &str) -> Result<u8, Box<dyn std::error::Error>> {
    if text.is_empty() {
        return Err("empty".into());
    }
    let number = text.parse::<u8>()?;
    Ok(number)
}

#[instrumented(in_flight)]
fn longest<'a, T>(left: &'a [T], right: &'a [T]) -> Option<&'a T>
where
    T: PartialOrd,
{
    left.iter().chain(right).max_by(|a, b| a.partial_cmp(b).unwrap())
}

#[instrumented]
fn show(what: impl Display) -> impl Display {
    format!("<{what}>")
}

#[instrumented]
fn adder() -> impl Fn(u8) -> u8 {
    |number| number + 1
}

#[instrumented]
fn parts(text: &str) -> Result<impl Iterator<Item = &str>, String> {
    Ok(text.split(','))
}

#[instrumented]
fn both(text: &str) -> (u8, &str) {
    (7, text)
}

#[instrumented]
fn dynamic(short: bool) -> Box<dyn Fn(u8) -> u8> {
    if short {
        return Box::new(|number| number);
    }
    Box::new(|number| number * 2)
}

#[instrumented]
fn first<T: Copy + Default, const N: usize>(things: [T; N]) -> T {
    #![allow(unused_variables)]
    let unused = 7;
    things.first().copied().unwrap_or_default()
}

#[instrumented]
fn generic<R>(body: impl FnOnce() -> R) -> R {
    body()
}

#[instrumented]
fn endless(stop: bool) -> ! {
    loop {
        if stop {
            std::process::exit(0);
        }
    }
}

type Parsed<T = u8> = std::io::Result<T>;

#[instrumented(name = "aliased")]
fn aliased() -> Parsed {
    Ok(Err(std::io::ErrorKind::Other)?)
}

fn main() {
    assert_eq!(add(1, (2, 3)), 3);
    nothing();
    assert!(parse("").is_err() && parse("x").is_err());
    assert_eq!(parse("7").ok(), Some(7));
    assert_eq!(longest(&[1], &[2]), Some(&2));
    assert_eq!(show(7).to_string(), "<7>");
    assert_eq!(adder()(7), 8);
    assert_eq!(parts("a,b").unwrap().count(), 2);
    assert_eq!(both("a"), (7, "a"));
    assert_eq!(dynamic(true)(7) + dynamic(false)(7), 21);
    assert_eq!(first([7, 8]), 7);
    assert_eq!(generic(|| "x"), "x");
    assert!(aliased().is_err());
    endless(true);
}
