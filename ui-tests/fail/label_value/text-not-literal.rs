//! The text is a literal.

use obs::LabelValue;

#[derive(Clone, Copy, LabelValue)]
enum Kind {
    #[label(7)]
    Short,
}

fn main() {}
