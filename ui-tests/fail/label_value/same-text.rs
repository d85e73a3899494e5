//! Two values have two texts.

use obs::LabelValue;

#[derive(Clone, Copy, LabelValue)]
enum Kind {
    Short,
    #[label("short")]
    Long,
}

fn main() {}
