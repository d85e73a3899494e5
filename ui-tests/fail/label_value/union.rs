//! Only an enum is a closed set of values.

use obs::LabelValue;

#[derive(Clone, Copy, LabelValue)]
union Kind {
    number: u8,
}

fn main() {}
