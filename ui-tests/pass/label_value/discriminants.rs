//! Numbers of variants do not matter: the index is the place.
#![forbid(unsafe_code)]
#![deny(warnings)]

use obs::LabelValue;

#[derive(Clone, Copy, LabelValue)]
#[repr(i16)]
enum Code {
    Ok = 200,
    Missing = 404,
    Odd = -1,
}

fn main() {
    assert_eq!([Code::Ok, Code::Missing, Code::Odd].map(LabelValue::index), [0, 1, 2]);
}
