//! How a library answers a case: a closure that repeats one operation, in one loop shape for all.

use std::hint::black_box;

use serde::{Deserialize, Serialize};

use crate::case::Case;

/// A library's answer to one case.
pub struct Entry {
    /// The question.
    pub case: Case,
    /// The crate, with a suffix where one crate has several ways.
    pub library: &'static str,
    /// Whether another thread can read the value without a flush, which makes the library a peer.
    pub standing: Standing,
    /// Performs the operation that many times on the calling thread; what it must prepare, it prepares once per thread.
    pub run: Box<dyn Fn(u64) + Send + Sync>,
}

/// Who answers what.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    /// The question.
    pub case: Case,
    /// As in [`Entry`].
    pub library: &'static str,
    /// As in [`Entry`].
    pub standing: Standing,
}

/// What a row is compared as.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Standing {
    /// The cheapest possible.
    Floor,
    /// The project itself.
    Obs,
    /// A library whose value another thread can read without a flush.
    Peer,
    /// Shown beside, not counted.
    Beside,
}

impl Entry {
    /// A peer's answer.
    pub fn peer(
        case: Case,
        library: &'static str,
        run: impl Fn(u64) + Send + Sync + 'static,
    ) -> Entry {
        Entry::new(case, library, Standing::Peer, run)
    }

    /// An answer of any standing.
    pub fn new(
        case: Case,
        library: &'static str,
        standing: Standing,
        run: impl Fn(u64) + Send + Sync + 'static,
    ) -> Entry {
        Entry {
            case,
            library,
            standing,
            run: Box::new(run),
        }
    }

    /// Who answers what, without the loop.
    pub fn answer(&self) -> Answer {
        Answer {
            case: self.case,
            library: self.library,
            standing: self.standing,
        }
    }
}

/// Repeats an operation, telling it the number of the iteration.
///
/// The barrier after each keeps the compiler from merging two increments or from lifting a load out of the loop; it costs no instruction.
#[inline(always)]
pub fn repeat(iterations: u64, mut operation: impl FnMut(u64)) {
    for iteration in 0..iterations {
        operation(iteration);
        black_box(());
    }
}
