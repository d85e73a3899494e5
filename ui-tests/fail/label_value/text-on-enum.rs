//! Texts stand on variants.

use obs::LabelValue;

#[derive(Clone, Copy, LabelValue)]
#[label("kind")]
enum Kind {
    Short,
}

fn main() {}
