//! A label has at least one value.

use obs::LabelValue;

#[derive(Clone, Copy, LabelValue)]
enum Kind {}

fn main() {}
