//! A label has a closed set of values.

use obs::instrumented;

#[instrumented(name = "work", labels(path: String = path))]
fn work(path: String) {}

fn main() {
    work(String::new());
}
