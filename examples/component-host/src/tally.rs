//! The host's own books: plain counts that never read obs and that obs never reads.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::guest::SOURCES;
use crate::outcome::Outcome;

/// What is counted for each component, in the order of the report's columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Figure {
    /// Messages that the mailbox took.
    Accepted,
    /// Messages that the component handled, however that ended: the sum of the seven that follow.
    Handled,
    /// Messages by how they ended; the order is that of [`Outcome`].
    Ok,
    Error,
    Trap,
    Fuel,
    Interrupted,
    MemoryDenied,
    Panic,
    /// Messages accepted and never handled.
    Lost,
    /// Fresh stores after a trap, and actors started again after a panic.
    Restarts,
    /// Host calls of the guest, whatever they were for.
    Operations,
    /// Files read, files that could not be read, and the bytes of those that could.
    FilesRead,
    FileErrors,
    FileBytes,
    /// Storage reads and writes.
    Gets,
    Sets,
    /// Records that left the host's pipeline.
    Sent,
    /// Units of fuel that guests burned.
    FuelConsumed,
}

/// One value for each [`Figure`].
pub(crate) type Figures = [u64; Figure::NAMES.len()];

impl Figure {
    /// Names in the report, in the order of the variants.
    pub(crate) const NAMES: [&'static str; 19] = [
        "accepted",
        "handled",
        "ok",
        "error",
        "trap",
        "fuel",
        "interrupted",
        "memory_denied",
        "panic",
        "lost",
        "restarts",
        "operations",
        "files_read",
        "file_errors",
        "file_bytes",
        "gets",
        "sets",
        "sent",
        "fuel_consumed",
    ];
    /// The figures that say how a message ended.
    pub(crate) const ENDS: std::ops::RangeInclusive<usize> =
        Figure::Ok as usize..=Figure::Panic as usize;

    pub(crate) fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Ok => Self::Ok,
            Outcome::Error => Self::Error,
            Outcome::Trap => Self::Trap,
            Outcome::Fuel => Self::Fuel,
            Outcome::Interrupted => Self::Interrupted,
            Outcome::MemoryDenied => Self::MemoryDenied,
            Outcome::Panic => Self::Panic,
        }
    }
}

/// The books of all components.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    books: [Book; SOURCES.len()],
}

impl Tally {
    /// The book of the component with this place in [`SOURCES`].
    pub(crate) fn book(&self, place: usize) -> &Book {
        &self.books[place]
    }

    /// All books added up.
    pub(crate) fn total(&self) -> Figures {
        let mut total = Figures::default();
        for book in &self.books {
            for (sum, value) in total.iter_mut().zip(book.figures()) {
                *sum += value;
            }
        }
        total
    }
}

/// The counts of one component. Any thread adds; the report reads when all of them have stopped,
/// so nothing hangs on order and every access is relaxed.
#[derive(Debug, Default)]
pub(crate) struct Book {
    cells: [AtomicU64; Figure::NAMES.len()],
    traps: AtomicU64,
}

impl Book {
    pub(crate) fn add(&self, figure: Figure, n: u64) {
        self.cells[figure as usize].fetch_add(n, Relaxed);
    }

    /// Counts one operation of the guest under the figure of its kind.
    pub(crate) fn operation(&self, figure: Figure) {
        self.add(Figure::Operations, 1);
        self.add(figure, 1);
    }

    pub(crate) fn handled(&self, outcome: Outcome) {
        self.add(Figure::of(outcome), 1);
    }

    /// Counts a trap of the guest and returns how many there have been.
    pub(crate) fn trapped(&self) -> u64 {
        self.traps.fetch_add(1, Relaxed) + 1
    }

    /// The counts so far. What was lost is what was accepted and never handled, less what is still waiting: the figure
    /// is final once the component's actor has stopped.
    pub(crate) fn figures(&self) -> Figures {
        // Handled first: a message handled meanwhile can then not make "handled" exceed "accepted".
        let mut figures = Figures::default();
        for (place, cell) in self.cells.iter().enumerate().rev() {
            figures[place] = cell.load(Relaxed);
        }
        let handled = figures[Figure::ENDS].iter().sum();
        figures[Figure::Handled as usize] = handled;
        figures[Figure::Lost as usize] = figures[Figure::Accepted as usize].saturating_sub(handled);
        figures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_accepted_and_not_handled_is_lost() {
        let tally = Tally::default();
        let book = tally.book(0);
        book.add(Figure::Accepted, 5);
        book.handled(Outcome::Ok);
        book.handled(Outcome::Panic);
        let figures = book.figures();
        assert_eq!(figures[Figure::Handled as usize], 2);
        assert_eq!(figures[Figure::Lost as usize], 3);
        assert_eq!(figures[Figure::Panic as usize], 1);
    }

    #[test]
    fn the_total_adds_up_all_components() {
        let tally = Tally::default();
        tally.book(0).add(Figure::FileBytes, 7);
        tally.book(6).add(Figure::FileBytes, 8);
        assert_eq!(tally.total()[Figure::FileBytes as usize], 15);
    }

    #[test]
    fn every_outcome_has_its_own_figure() {
        let all = [
            Outcome::Ok,
            Outcome::Error,
            Outcome::Trap,
            Outcome::Fuel,
            Outcome::Interrupted,
            Outcome::MemoryDenied,
            Outcome::Panic,
        ];
        for (step, outcome) in all.into_iter().enumerate() {
            assert_eq!(Figure::of(outcome) as usize, Figure::ENDS.start() + step);
        }
    }
}
