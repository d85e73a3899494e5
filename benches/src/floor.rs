//! The floor: what each case costs with nothing in it but what cannot be left out. Fixed once, not touched afterwards.
//!
//! One thread-local pointer, an index known at run time, a load and a store; for switches an indexed table of such pointers. There is no
//! registration, no check, no label, no name: nothing here could be scraped.

use std::cell::Cell;
use std::hint::black_box;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use quanta::Clock;

use crate::case::{Case, SWITCHES};
use crate::entry::{Entry, Standing, repeat};
use crate::labels::request;
use crate::workload::{BOUNDS, NANOSECONDS, Random, Work, value};

/// A power of two, so that the index is masked, and no more than obs keeps for the metrics of this program.
const CELLS: usize = 32;

/// What a pointer leads to: cells that their thread alone writes.
#[repr(align(128))]
struct Table([AtomicU64; CELLS]);

static EMPTY: Table = Table::new();

thread_local! {
    static CURRENT: Cell<&'static Table> = const { Cell::new(&EMPTY) };
    static TABLES: Cell<&'static [&'static Table]> = const { Cell::new(&[]) };
}

// Any thread writes it, none reads it: a gauge without a name.
static GAUGE: AtomicI64 = AtomicI64::new(0);

impl Table {
    const fn new() -> Table {
        Table([const { AtomicU64::new(0) }; CELLS])
    }

    /// Adds as an owner adds: a load and a store, both relaxed since nobody else writes.
    ///
    /// The black box puts the cell's address into a register of its own. Without it the compiler adds through base and index, from
    /// which some processors (Intel since Golden Cove) forward a store to the next load four times slower: that would be no floor.
    #[inline(always)]
    fn add(&self, index: usize, amount: u64) {
        let cell = black_box(&self.0[index % CELLS]);
        cell.store(
            cell.load(Ordering::Relaxed).wrapping_add(amount),
            Ordering::Relaxed,
        );
    }
}

/// The floor of every case.
pub fn entries() -> Vec<Entry> {
    let mut entries = vec![
        floor(Case::Empty, |iterations| repeat(iterations, |_| ())),
        floor(Case::Counter, counter),
        floor(Case::CounterComponent, counter),
        floor(Case::ComponentEnterLeave, enter_leave),
        floor(Case::CounterEnumLabels, counter_enum_labels),
        floor(Case::GaugeSet, gauge_set),
        floor(Case::Histogram, histogram),
        floor(Case::Work, |iterations| {
            let mut work = Work::new();
            repeat(iterations, |_| work.run());
        }),
    ];
    entries.extend(SWITCHES.map(|case| {
        floor(case, move |iterations| {
            switch(case.components(), iterations)
        })
    }));

    let clock = Clock::new();
    entries.push(floor(Case::ClockPair, {
        let clock = clock.clone();
        move |iterations| repeat(iterations, |_| clock_pair(&clock, || ()))
    }));
    entries.push(floor(Case::WorkCounterHistogram, move |iterations| {
        let mut work = Work::new();
        repeat(iterations, |_| clock_pair(&clock, || work.run()));
    }));
    entries
}

fn floor(case: Case, run: impl Fn(u64) + Send + Sync + 'static) -> Entry {
    Entry::new(case, "floor", Standing::Floor, run)
}

fn counter(iterations: u64) {
    own_tables(1);
    let index = black_box(3);
    repeat(iterations, |_| CURRENT.get().add(index, 1));
}

fn enter_leave(iterations: u64) {
    own_tables(1);
    let entered = black_box(&EMPTY);
    repeat(iterations, |_| {
        let previous = CURRENT.replace(entered);
        black_box(());
        CURRENT.set(previous);
    });
}

fn switch(components: usize, iterations: u64) {
    own_tables(components);
    let index = black_box(3);
    let mut random = Random::new();
    repeat(iterations, |_| {
        TABLES.get()[random.below(components)].add(index, 1)
    });
}

fn counter_enum_labels(iterations: u64) {
    own_tables(1);
    let first = black_box(3);
    repeat(iterations, |iteration| {
        let labels = request(iteration);
        CURRENT.get().add(
            first + labels.method as usize * 2 + labels.outcome as usize,
            1,
        );
    });
}

fn gauge_set(iterations: u64) {
    // Relaxed: the last write wins, nothing hangs on it.
    repeat(iterations, |iteration| {
        GAUGE.store(iteration as i64, Ordering::Relaxed)
    });
}

fn histogram(iterations: u64) {
    own_tables(1);
    let first = black_box(1);
    let bounds = BOUNDS.map(|bound| (bound * 1e9) as u64);
    let values = &*NANOSECONDS;
    repeat(iterations, |iteration| {
        let observed = value(values, iteration);
        let bucket: usize = bounds
            .iter()
            .map(|bound| usize::from(observed > *bound))
            .sum();
        let table = CURRENT.get();
        table.add(first + bucket, 1);
        table.add(0, observed);
    });
}

/// Two raw readings around something; conversion to nanoseconds is left out.
#[inline(always)]
fn clock_pair(clock: &Clock, between: impl FnOnce()) {
    let start = clock.raw();
    between();
    black_box(clock.raw().wrapping_sub(start));
}

/// Gives the thread tables of its own, at least that many, and makes the first one current.
fn own_tables(count: usize) {
    if TABLES.get().len() < count {
        let tables: Vec<&'static Table> = (0..count)
            .map(|_| &*Box::leak(Box::new(Table::new())))
            .collect();
        TABLES.set(tables.leak());
    }
    CURRENT.set(TABLES.get()[0]);
}
