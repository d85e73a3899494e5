//! A variant has a text and nothing else.

use obs::LabelValue;

#[derive(Clone, Copy, LabelValue)]
enum Kind {
    #[label(vaule = "a")]
    Short,
}

fn main() {}
