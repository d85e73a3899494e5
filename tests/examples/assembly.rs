//! What `cargo xtask test assembly` reads the instructions of. It runs, too, and then does nothing of interest.

use std::hint::black_box;

use obs::{Counter, counter, instrumented};

static JOBS: Counter = counter!("jobs_total", "Jobs finished.");

/// One increment, and nothing else.
#[expect(unsafe_code, reason = "keeps its name in the assembly")]
#[unsafe(no_mangle)]
#[inline(never)]
pub fn counter_inc() {
    JOBS.inc();
}

/// What `counter_inc` is compiled out.
#[expect(unsafe_code, reason = "keeps its name in the assembly")]
#[unsafe(no_mangle)]
#[inline(never)]
pub fn nothing() {}

/// Instrumented; compiled out, it is `plain_add`.
#[expect(unsafe_code, reason = "keeps its name in the assembly")]
#[unsafe(no_mangle)]
#[inline(never)]
#[instrumented]
pub fn instrumented_add(left: u64, right: u64) -> u64 {
    left.wrapping_mul(3) ^ right
}

/// The same, bare.
#[expect(unsafe_code, reason = "keeps its name in the assembly")]
#[unsafe(no_mangle)]
#[inline(never)]
pub fn plain_add(left: u64, right: u64) -> u64 {
    left.wrapping_mul(3) ^ right
}

fn main() {
    counter_inc();
    nothing();
    black_box((
        instrumented_add(black_box(1), black_box(2)),
        plain_add(black_box(1), black_box(2)),
    ));
}
