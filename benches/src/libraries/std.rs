//! The standard library: its clock, and nothing else to compare.

use std::hint::black_box;
use std::time::Instant;

use crate::case::Case;
use crate::entry::{Entry, Standing, repeat};

pub(super) fn entries() -> Vec<Entry> {
    vec![Entry::new(
        Case::ClockPair,
        "std",
        Standing::Beside,
        |iterations| {
            repeat(iterations, |_| {
                black_box(Instant::now().elapsed());
            });
        },
    )]
}
