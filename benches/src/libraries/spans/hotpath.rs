//! `hotpath`: measured functions. It keeps statistics per function, no traces: a root is a function that calls the others.

use std::thread;
use std::time::Duration;

use hotpath::{HotpathGuardBuilder, measure};

use super::{Resident, paced, poll_once, ten};
use crate::case::Case;
use crate::entry::{Entry, repeat};
use crate::workload::Work;

pub(super) const NAME: &str = "hotpath";

/// Longer than the time between two of its sweeps, which is 50 ms, so that the last one has ended as well.
const SWEEP: Duration = Duration::from_millis(65);

pub(super) fn resident() -> Resident {
    // When dropped it prints a report.
    std::mem::forget(HotpathGuardBuilder::new("benches").build());
    let entries = vec![
        Entry::peer(Case::Span, NAME, |iterations| {
            repeat(iterations, |_| span());
        }),
        Entry::peer(Case::SpanRoot10, NAME, |iterations| {
            repeat(iterations, |_| root_10());
        }),
        Entry::peer(Case::SpanAsync, NAME, |iterations| {
            repeat(iterations, |_| root_of_steps());
        }),
        Entry::peer(Case::Instrumented, NAME, |iterations| {
            let mut work = Work::new();
            repeat(iterations, |_| instrumented(&mut work));
        }),
        Entry::peer(Case::SpanRoot10Cpu, NAME, paced(root_10)),
    ];
    Resident {
        entries,
        settle: Box::new(|| {
            thread::sleep(SWEEP);
            0
        }),
    }
}

#[measure]
fn span() {}

#[measure]
fn root_10() {
    ten(span);
}

#[measure]
fn root_of_steps() {
    ten(|| poll_once(step()));
}

#[measure]
async fn step() {}

#[measure]
fn instrumented(work: &mut Work) {
    work.run();
}
