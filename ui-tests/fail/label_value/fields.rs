//! A variant with fields is not one value.

use obs::LabelValue;

#[derive(Clone, Copy, LabelValue)]
enum Kind {
    Short,
    Long(u8),
    Longer { by: u8 },
}

fn main() {}
