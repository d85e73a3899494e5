//! A label value is copied.

use obs::LabelValue;

#[derive(LabelValue)]
enum Kind {
    Short,
}

fn main() {
    let _ = Kind::Short;
}
