//! Enum labels have at most 1,024 combinations.

use obs::LabelValue;

#[derive(Clone, Copy)]
struct Many;

impl LabelValue for Many {
    const VALUES: &'static [&'static str] = &["one of many"; 33];

    fn index(self) -> usize {
        0
    }
}

fn main() {
    let _ = obs::counter!("jobs_total", "Jobs finished.", labels(a: Many, b: Many));
    let _ = Many.index();
}
