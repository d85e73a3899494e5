//! The host's own books: plain counts that never read obs and that obs never reads.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use obs::host::messages::MessageOutcome;

use crate::guest::SOURCES;

/// A figure for each name, in the order of the report's columns.
macro_rules! figures {
    ($(#[$doc:meta])* $of:ident: $($(#[$each:meta])* $figure:ident = $name:literal,)+) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum $of {$(
            $(#[$each])*
            $figure,
        )+}

        impl $of {
            /// All of them.
            pub(crate) const ALL: &[$of] = &[$($of::$figure),+];
            /// Names in the report, in the order of the variants.
            pub(crate) const NAMES: [&'static str; [$($name),+].len()] = [$($name),+];
        }
    };
}

figures! {
    /// What is counted for each component.
    Figure:
    /// Messages that the mailbox took.
    Accepted = "accepted",
    /// Messages that the component handled, however that ended: the sum of the five that follow.
    Handled = "handled",
    Ok = "ok",
    Error = "error",
    Trap = "trap",
    Timeout = "timeout",
    Panic = "panic",
    /// Messages accepted and never handled, those that were too old aside.
    Lost = "lost",
    /// Messages that were too old to be handled.
    Expired = "expired",
    /// Fresh stores after a trap, and actors started again after a panic.
    Restarts = "restarts",
    /// Errors of every type, panics included.
    Errors = "errors",
    /// Calls that the guest did not survive; of these, those for want of fuel and of time.
    Traps = "traps",
    Fuel = "fuel",
    Interrupted = "interrupted",
    /// Wishes for memory that were not granted.
    MemoryDenied = "memory_denied",
    /// Units of fuel that guests burned.
    FuelConsumed = "fuel_consumed",
    /// Calls into the host, whatever they were for.
    HostCalls = "host_calls",
    /// Files read, files that could not be read, and the bytes of those that could.
    FilesRead = "files_read",
    FileErrors = "file_errors",
    FileBytes = "file_bytes",
    /// What was asked of the storage, and the bytes that it took.
    Gets = "gets",
    Sets = "sets",
    Deletes = "deletes",
    Looks = "looks",
    Lists = "lists",
    StoredBytes = "stored_bytes",
    /// Writes that the quota did not allow.
    OverQuota = "over_quota",
    /// Records that left the pipeline for the broker.
    Published = "published",
    /// Programs that the guest asked for; those it may not have, and those that ended.
    Runs = "runs",
    Denied = "denied",
    Exits = "exits",
    /// Requests over the network, second attempts, and bytes that came back.
    Exchanges = "exchanges",
    Retries = "retries",
    Echoed = "echoed",
    /// Questions asked of others, and answers that came as callbacks.
    Requests = "requests",
    Callbacks = "callbacks",
    /// Versions installed, updates that worked and that did not, and ways back.
    Installations = "installations",
    Updates = "updates",
    FailedUpdates = "failed_updates",
    Rollbacks = "rollbacks",
}

figures! {
    /// What is counted for the host as a whole.
    Whole:
    /// Records given to the broker, and those that it did not take.
    Published = "published",
    Refused = "refused",
    /// Records that a subscriber received.
    Delivered = "delivered",
}

/// One value for each [`Figure`].
pub(crate) type Figures = [u64; Figure::NAMES.len()];
/// One value for each [`Whole`].
pub(crate) type Wholes = [u64; Whole::NAMES.len()];

impl Figure {
    /// The figures that say how a message ended.
    pub(crate) const ENDS: std::ops::RangeInclusive<usize> =
        Figure::Ok as usize..=Figure::Panic as usize;

    pub(crate) fn of(outcome: MessageOutcome) -> Self {
        match outcome {
            MessageOutcome::Ok => Self::Ok,
            MessageOutcome::Error | MessageOutcome::Cancelled => Self::Error,
            MessageOutcome::Trap => Self::Trap,
            MessageOutcome::Timeout => Self::Timeout,
            MessageOutcome::Panic => Self::Panic,
        }
    }
}

/// The books of all components, and of the host.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    books: [Book; SOURCES.len()],
    whole: [AtomicU64; Whole::NAMES.len()],
}

impl Tally {
    /// The book of the component with this place in [`SOURCES`].
    pub(crate) fn book(&self, place: usize) -> &Book {
        &self.books[place]
    }

    /// Counts for the host as a whole.
    pub(crate) fn whole(&self, whole: Whole, n: u64) {
        self.whole[whole as usize].fetch_add(n, Relaxed);
    }

    /// What was counted for the host as a whole.
    pub(crate) fn wholes(&self) -> Wholes {
        std::array::from_fn(|place| self.whole[place].load(Relaxed))
    }

    /// All books added up.
    pub(crate) fn total(&self) -> Figures {
        let mut total = [0; Figure::NAMES.len()];
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
#[derive(Debug)]
pub(crate) struct Book {
    cells: [AtomicU64; Figure::NAMES.len()],
    faults: AtomicU64,
}

impl Default for Book {
    fn default() -> Self {
        Self {
            cells: std::array::from_fn(|_| AtomicU64::new(0)),
            faults: AtomicU64::new(0),
        }
    }
}

impl Book {
    pub(crate) fn add(&self, figure: Figure, n: u64) {
        self.cells[figure as usize].fetch_add(n, Relaxed);
    }

    /// Counts one call of the guest into the host under the figure of its kind.
    pub(crate) fn host_call(&self, figure: Figure) {
        self.add(Figure::HostCalls, 1);
        self.add(figure, 1);
    }

    pub(crate) fn handled(&self, outcome: MessageOutcome) {
        self.add(Figure::of(outcome), 1);
    }

    /// Counts a message that the guest did not survive and returns how many there have been.
    pub(crate) fn faulted(&self) -> u64 {
        self.faults.fetch_add(1, Relaxed) + 1
    }

    /// The counts so far. What was lost is what was accepted and never handled, less what is still waiting: the figure
    /// is final once the component's actor has stopped.
    pub(crate) fn figures(&self) -> Figures {
        // Handled first: a message handled meanwhile can then not make "handled" exceed "accepted".
        let mut figures = [0; Figure::NAMES.len()];
        for (place, cell) in self.cells.iter().enumerate().rev() {
            figures[place] = cell.load(Relaxed);
        }
        let handled: u64 = figures[Figure::ENDS].iter().sum();
        figures[Figure::Handled as usize] = handled;
        figures[Figure::Lost as usize] = figures[Figure::Accepted as usize]
            .saturating_sub(handled + figures[Figure::Expired as usize]);
        figures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_accepted_and_neither_handled_nor_too_old_is_lost() {
        let tally = Tally::default();
        let book = tally.book(0);
        book.add(Figure::Accepted, 6);
        book.add(Figure::Expired, 1);
        book.handled(MessageOutcome::Ok);
        book.handled(MessageOutcome::Panic);
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
    fn every_outcome_of_the_host_has_its_own_figure() {
        let all = [
            MessageOutcome::Ok,
            MessageOutcome::Error,
            MessageOutcome::Trap,
            MessageOutcome::Timeout,
            MessageOutcome::Panic,
        ];
        for (step, outcome) in all.into_iter().enumerate() {
            assert_eq!(Figure::of(outcome) as usize, Figure::ENDS.start() + step);
        }
    }
}
