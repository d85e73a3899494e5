//! Names of the user that are like those of the expansion stay apart.
#![forbid(unsafe_code)]
#![deny(warnings)]

use obs::{counter, instrumented};

struct Counter(u8);
static SITE: Counter = Counter(7);
static FUNCTION: u8 = 7;

mod core {}
mod std {}

#[instrumented]
fn work(call: u8, result: u8) -> Result<u8, String> {
    Ok(call + result + FUNCTION)
}

#[instrumented]
fn rest(_call: u8) {
    assert_eq!(_call + FUNCTION, 8);
}

fn main() {
    counter!("jobs_total", "Jobs finished.").inc();
    assert_eq!(SITE.0, 7);
    assert_eq!(work(1, 2), Ok(10));
    rest(1);
}
