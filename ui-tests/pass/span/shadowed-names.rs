//! Names of the user's are the user's, whatever the expansion calls its own.
#![forbid(unsafe_code)]
#![deny(warnings)]
#![allow(non_camel_case_types, dead_code, unused_macros)]

use obs::{event, span};

struct u8;
struct str;
struct Option;
struct Some;
struct None;
struct Span;
struct Context;

mod core {}
mod std {}

macro_rules! module_path {
    ($($anything:tt)*) => { compile_error!("not this one") };
}

macro_rules! file {
    ($($anything:tt)*) => { compile_error!("not this one") };
}

const SITE: &::core::primitive::str = "the user's";
const OBS_NAME: &::core::primitive::str = "the user's";

fn main() {
    let (span, context) = (7, "context");
    let _span = span!(SITE, site = SITE, span = span, context = context);
    event!(SITE, site = SITE, span = span, context = context);
    event!(OBS_NAME);
}
