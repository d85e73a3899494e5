//! The floor: two readings of the clock per span, converted to nanoseconds.

use std::hint::black_box;

use quanta::Clock;

use super::{Resident, paced, ten};
use crate::case::Case;
use crate::entry::{Entry, Standing, repeat};
use crate::workload::Work;

pub(super) fn resident() -> Resident {
    let clock = Clock::new();
    let entry = |case, run: fn(&Clock, u64)| {
        let clock = clock.clone();
        floor(case, move |iterations| run(&clock, iterations))
    };
    let entries = vec![
        floor(Case::Empty, |iterations| repeat(iterations, |_| ())),
        floor(Case::Work, |iterations| {
            let mut work = Work::new();
            repeat(iterations, |_| work.run());
        }),
        entry(Case::Span, spans),
        entry(Case::SpanChild, spans),
        entry(Case::SpanRoot10, roots),
        entry(Case::SpanAsync, roots),
        entry(Case::Instrumented, |clock, iterations| {
            let mut work = Work::new();
            repeat(iterations, |_| span(clock, || work.run()));
        }),
        floor(Case::Paced, paced(|| ())),
        floor(Case::SpanRoot10Cpu, paced(move || root(&clock))),
    ];
    Resident {
        entries,
        settle: Box::new(|| 0),
    }
}

fn floor(case: Case, run: impl Fn(u64) + Send + Sync + 'static) -> Entry {
    Entry::new(case, "floor", Standing::Floor, run)
}

fn spans(clock: &Clock, iterations: u64) {
    repeat(iterations, |_| span(clock, || ()));
}

fn roots(clock: &Clock, iterations: u64) {
    repeat(iterations, |_| root(clock));
}

fn root(clock: &Clock) {
    span(clock, || ten(|| span(clock, || ())));
}

#[inline(always)]
fn span(clock: &Clock, inside: impl FnOnce()) {
    let start = clock.raw();
    inside();
    black_box(clock.delta_as_nanos(start, clock.raw()));
}
