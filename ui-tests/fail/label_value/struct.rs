//! Only an enum is a closed set of values.

use obs::LabelValue;

#[derive(Clone, Copy, LabelValue)]
struct Kind;

fn main() {}
