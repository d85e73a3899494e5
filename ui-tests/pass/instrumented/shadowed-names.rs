//! Names of the user's are the user's, whatever the expansion calls its own.
#![forbid(unsafe_code)]
#![deny(warnings)]
#![allow(non_camel_case_types, dead_code, unused_macros)]

use obs::{Component, LabelValue, instrumented};

struct u8;
struct f64;
struct str;
struct Option;
struct Some;
struct None;

mod core {}
mod std {}

macro_rules! concat {
    ($($anything:tt)*) => { compile_error!("not this one") };
}

macro_rules! module_path {
    ($($anything:tt)*) => { compile_error!("not this one") };
}

const FUNCTION: usize = 7;
const OBS_WORDS: &::core::primitive::str = "shadowed";
const SITE: &::core::primitive::str = "shadowed_too";
const OBS_BOUNDS: [::core::primitive::f64; 1] = [1.0];

#[derive(Clone, Copy, LabelValue)]
enum Kind {
    Only,
}

#[instrumented(
    component = component,
    prefix = SITE,
    labels(kind: Kind = labels),
    in_flight,
    span(SITE, site = SITE, call = call),
    bounds = [OBS_BOUNDS[0]],
    ok_if = |result| *result == 7
)]
fn work(component: Component, labels: Kind, call: usize) -> usize {
    let (result, _call, _entered) = (call, labels, component);
    let _ = concat(result);
    result.min(FUNCTION)
}

#[instrumented(span(start = start, kept = kept))]
fn kept(start: usize, kept: usize) -> impl Future<Output = usize> {
    ::core::future::ready(start + kept)
}

fn concat(result: usize) -> usize {
    result
}

#[instrumented(name = OBS_WORDS, span(OBS_WORDS, start = result, kept = SITE), component = component, labels(kind: Kind = labels))]
async fn later(component: Component, labels: Kind, result: usize) -> Result<usize, ()> {
    let (_component, _labels) = (component, labels);
    Ok(result)
}

fn main() {
    let component = Component::register("shadowed");
    assert_eq!(work(component, Kind::Only, 9), 7);
    drop(later(component, Kind::Only, 7));
    drop(kept(1, 2));
}
