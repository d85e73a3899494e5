//! Names of the user that are like those of the expansion stay apart.
#![forbid(unsafe_code)]
#![deny(warnings)]

use obs::{counter, gauge, histogram, instrumented};

struct Counter(u8);
static SITE: Counter = Counter(7);
static FUNCTION: u8 = 7;

#[expect(non_camel_case_types, dead_code, reason = "names of primitive types")]
mod primitives {
    pub struct f64;
    pub struct u32;
    pub struct u64;
    pub struct str;
    pub struct bool;
    pub struct usize;
}
#[expect(unused_imports, reason = "what is in scope for the macros")]
use primitives::*;

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
    gauge!("queue_length", "Jobs waiting.", integer).set(1);
    histogram!("wait_seconds", "Time in the queue.").observe(std_duration());
    histogram!("job_bytes", "Sizes.", bounds = [1, 2]).observe(1.0);
    assert_eq!(SITE.0, 7);
    assert_eq!(work(1, 2), Ok(10));
    rest(1);
}

fn std_duration() -> ::std::time::Duration {
    ::std::time::Duration::from_millis(1)
}
