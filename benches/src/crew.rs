//! The threads that run the loops: alive for the whole comparison, so that what a library keeps per thread stays warm.

use std::hint::spin_loop;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::case::Case;
use crate::entry::Entry;

/// A fixed set of threads that start a lap together.
pub struct Crew {
    members: Vec<Sender<Order>>,
    results: Receiver<f64>,
}

struct Order {
    entry: Arc<Entry>,
    iterations: u64,
    start: Arc<StartLine>,
}

impl Crew {
    /// Starts as many threads as a case of these entries asks for.
    pub fn of(entries: &[Entry]) -> Crew {
        let threads = entries.iter().flat_map(|entry| entry.case.threads());
        Crew::new(threads.copied().max().unwrap_or(1))
    }

    /// Starts that many threads.
    fn new(size: usize) -> Crew {
        let (finish, results) = channel();
        let members = (0..size)
            .map(|_| {
                let (orders, incoming) = channel();
                let finish = finish.clone();
                thread::spawn(move || serve(&incoming, &finish));
                orders
            })
            .collect();
        Crew { members, results }
    }

    /// Runs the loop on the first `threads` threads at once and returns nanoseconds per operation: the median over the threads.
    ///
    /// # Errors
    ///
    /// When a thread has panicked.
    pub fn lap(&self, entry: &Arc<Entry>, threads: usize, iterations: u64) -> Result<f64> {
        let start = Arc::new(StartLine::new(threads));
        for member in &self.members[..threads] {
            let order = Order {
                entry: Arc::clone(entry),
                iterations,
                start: Arc::clone(&start),
            };
            member.send(order).ok().with_context(|| panicked(entry))?;
        }
        let mut figures = Vec::with_capacity(threads);
        for _ in 0..threads {
            figures.push(self.results.recv().with_context(|| panicked(entry))?);
        }
        figures.sort_by(f64::total_cmp);
        Ok(f64::midpoint(
            figures[(threads - 1) / 2],
            figures[threads / 2],
        ))
    }
}

fn panicked(entry: &Entry) -> String {
    format!(
        "a thread panicked in case `{}` of {}",
        entry.case.name(),
        entry.library
    )
}

fn serve(orders: &Receiver<Order>, finish: &Sender<f64>) {
    for Order {
        entry,
        iterations,
        start,
    } in orders
    {
        // What the entry prepares once per thread, and what it touches, is warm before the start.
        (entry.run)(iterations.min(warm_up(entry.case)));
        start.wait();
        let began = Instant::now();
        (entry.run)(iterations);
        let elapsed = began.elapsed().as_nanos() as f64 / iterations as f64;
        if finish.send(elapsed).is_err() {
            return;
        }
    }
}

/// How many iterations touch all that a case touches: chosen at random ten times each, no component in 20,000 is left out. What the
/// other cases have pushed out of the cache meanwhile is not what is asked. Where processor time is, a warm-up would be counted.
fn warm_up(case: Case) -> u64 {
    if case.is_paced() {
        return 0;
    }
    (2_000 / case.spans()).max(10 * case.components() as u64)
}

/// A barrier that is spun on: threads that sleep wake up one after another.
struct StartLine {
    expected: usize,
    // Every thread adds itself and then reads until all have come; relaxed, since no data is passed.
    arrived: AtomicUsize,
}

impl StartLine {
    fn new(expected: usize) -> StartLine {
        StartLine {
            expected,
            arrived: AtomicUsize::new(0),
        }
    }

    fn wait(&self) {
        self.arrived.fetch_add(1, Ordering::Relaxed);
        let mut spins = 0u32;
        while self.arrived.load(Ordering::Relaxed) < self.expected {
            spins += 1;
            if spins.is_multiple_of(100) {
                thread::yield_now();
            }
            spin_loop();
        }
    }
}
