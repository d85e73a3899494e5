//! A value has one text.

use obs::LabelValue;

#[derive(Clone, Copy, LabelValue)]
enum Kind {
    #[label("a")]
    #[label("b")]
    Short,
}

fn main() {}
