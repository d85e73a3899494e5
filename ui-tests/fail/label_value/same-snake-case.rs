//! Two values have two texts, also without being asked.

use obs::LabelValue;

#[derive(Clone, Copy, LabelValue)]
enum Kind {
    HttpGet,
    HTTPGet,
}

fn main() {}
