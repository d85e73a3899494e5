//! A label without text is the same as none.

use obs::LabelValue;

#[derive(Clone, Copy, LabelValue)]
enum Kind {
    #[label("")]
    Short,
}

fn main() {}
