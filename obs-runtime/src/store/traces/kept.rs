//! Memory, queue and disk in one: what the collector fills, one thread writes, and everybody reads.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::counts::{Counts, StoreCounts};
use super::disk::Disk;
use super::late;
use super::memory::Memory;
use super::queue::{Queue, Waiting};
use super::retention::Retention;
use super::view::View;
use crate::model::trace::{Span, Trace, TraceId};
use crate::store::{Database, Failure};

/// How many traces one transaction takes: more would keep it open for long, fewer cost a sync each.
const MOST_AT_ONCE: usize = 1024;

/// How long the thread waits for traces before it looks after retention all the same.
const TURN: Duration = Duration::from_secs(1);

/// After this, traces wait for each other a little: each transaction costs two syncs, however little is in it.
const GATHER: Duration = Duration::from_millis(200);

/// All traces that are kept. Shared by reference: the collector keeps, one thread runs [`Traces::run`], anybody searches.
#[derive(Debug)]
pub struct Traces {
    retention: Retention,
    memory: Mutex<Memory>,
    queue: Queue,
    disk: Option<Disk>,
    counts: Counts,
}

/// How much is held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held {
    /// Bytes of traces in memory.
    pub memory_bytes: u64,
    /// Bytes that traces take on disk, pages that are not full included.
    pub disk_bytes: u64,
    /// Blocks on disk.
    pub blocks: u64,
    /// Traces and groups of late spans that wait for the disk.
    pub waiting: u64,
    /// Their bytes.
    pub waiting_bytes: u64,
}

impl Traces {
    /// Keeps traces in memory, and in a file if there is one. What the file holds is there at once.
    pub fn new(retention: Retention, database: Option<Arc<Database>>, now_ns: u64) -> Traces {
        let counts = Counts::default();
        Traces {
            retention,
            memory: Mutex::new(Memory::new(retention.memory_bytes)),
            queue: Queue::new(retention.queue_bytes),
            disk: database.map(|database| Disk::new(database, now_ns, &counts)),
            counts,
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a trace, or a newer version of one that is kept: in memory at once, on disk soon. A partial trace may be kept too, and
    /// again later. Never waits for the disk.
    pub fn keep(&self, trace: Arc<Trace>) {
        if trace.spans.is_empty() {
            return;
        }
        self.memory().keep(Arc::clone(&trace), &self.counts);
        self.offer(Waiting::Trace(trace));
    }

    /// Adds what came of a trace after it was kept, with what is missing of that. Without the trace it is nothing, unless it has a
    /// beginning of its own.
    pub fn keep_late(&self, rest: Trace) {
        let kept = self.memory().get(rest.id);
        match kept {
            // That it has too many says it already.
            Some(trace) if late::is_full(&trace) && trace.missing.spans_over_limit > 0 => {}
            Some(trace) => self.keep(Arc::new(late::with_rest(Trace::clone(&trace), rest))),
            None if self.written_disk().is_none() && has_beginning(&rest) => {
                self.keep(Arc::new(rest));
            }
            None => self.offer(Waiting::Late(Box::new(rest))),
        }
    }

    /// Whether traces are kept on disk as well.
    pub fn is_durable(&self) -> bool {
        self.disk.is_some()
    }

    /// Whether a part of a trace is kept, in memory or on disk.
    pub fn has_part_of(&self, id: TraceId) -> bool {
        let is_on_disk = |disk: &Disk| disk.directory().place(id).is_some();
        self.memory().get(id).is_some() || self.written_disk().is_some_and(is_on_disk)
    }

    fn offer(&self, waiting: Waiting) {
        if self.written_disk().is_some() && !self.queue.offer(waiting) {
            self.counts.over_budget();
        }
    }

    /// The disk, unless it is only looked at.
    fn written_disk(&self) -> Option<&Disk> {
        self.disk.as_ref().filter(|disk| !disk.is_view())
    }

    /// Writes what waits until the store is closed and nothing waits any more. For a thread of its own; `clock` gives nanoseconds
    /// since 1970.
    pub fn run(&self, clock: impl Fn() -> u64) {
        while !self.queue.is_closed() {
            self.queue.wait(TURN);
            self.queue.pause(GATHER);
            if self.turn(clock()).is_err() {
                // The disk refuses: it is asked again, not all the time.
                self.queue.pause(TURN);
            }
        }
        while self.queue.length().0 > 0 {
            if self.turn(clock()).is_err() {
                self.counts
                    .unwritten(self.queue.take(usize::MAX).len() as u64);
            }
        }
    }

    /// Takes no more traces for the disk, and lets [`Traces::run`] end once it has written those that wait.
    pub fn close(&self) {
        self.queue.close();
    }

    /// Writes what waits, puts small blocks together, and removes what is too old or too much: a turn of [`Traces::run`]. What has
    /// waited when it was called is on disk when it returns without an error; else it waits on.
    ///
    /// # Errors
    ///
    /// Says why the disk refused; the next turn tries again.
    pub fn turn(&self, now_ns: u64) -> Result<(), String> {
        let Some(disk) = self.written_disk() else {
            return Ok(());
        };
        let mut rest = self.queue.length().0;
        while rest > 0 {
            let taken = self.queue.take(rest.min(MOST_AT_ONCE));
            if taken.is_empty() {
                break;
            }
            rest -= taken.len();
            self.write(disk, taken, now_ns)
                .map_err(|failure| failure.to_string())?;
        }
        let tidied = disk.tidy(&self.retention, now_ns, &self.counts);
        tidied.map_err(|failure| failure.to_string())
    }

    fn write(&self, disk: &Disk, taken: Vec<Waiting>, now_ns: u64) -> Result<(), Failure> {
        let written = self.resolved(disk, &taken).and_then(|traces| {
            disk.append(&traces, now_ns, &self.counts)?;
            Ok(traces.len() as u64)
        });
        match written {
            Ok(count) => {
                self.counts.stored(count);
                Ok(())
            }
            Err(failure) => {
                (0..self.queue.put_back(taken)).for_each(|_| self.counts.over_budget());
                Err(failure)
            }
        }
    }

    /// Traces to be written: late spans with what is stored of theirs.
    fn resolved(&self, disk: &Disk, taken: &[Waiting]) -> Result<Vec<Arc<Trace>>, Failure> {
        let mut traces: Vec<Arc<Trace>> = Vec::with_capacity(taken.len());
        for waiting in taken {
            match waiting {
                Waiting::Trace(trace) => traces.push(Arc::clone(trace)),
                Waiting::Late(rest) => {
                    let earlier = traces.iter().rev().find(|trace| trace.id == rest.id);
                    let known = match earlier.cloned().or_else(|| self.memory().get(rest.id)) {
                        Some(trace) => Some(Trace::clone(&trace)),
                        None => disk.get(rest.id, &self.counts)?,
                    };
                    let whole = match known {
                        Some(trace) => Some(late::with_rest(trace, Trace::clone(rest))),
                        None => has_beginning(rest).then(|| Trace::clone(rest)),
                    };
                    traces.extend(whole.map(Arc::new));
                }
            }
        }
        Ok(traces)
    }

    /// A trace by its id, from memory or else from disk.
    ///
    /// # Errors
    ///
    /// Says why the disk cannot be read.
    pub fn get(&self, id: TraceId) -> Result<Option<Arc<Trace>>, String> {
        let kept = self.memory().get(id);
        match (kept, &self.disk) {
            (Some(trace), _) => Ok(Some(trace)),
            (None, None) => Ok(None),
            (None, Some(disk)) => {
                let stored = disk.get(id, &self.counts);
                stored
                    .map(|trace| trace.map(Arc::new))
                    .map_err(|failure| failure.to_string())
            }
        }
    }

    /// How much is held.
    pub fn held(&self) -> Held {
        let (waiting, waiting_bytes) = self.queue.length();
        let (disk_bytes, blocks) = self.disk.as_ref().map_or((0, 0), |disk| {
            let directory = disk.directory();
            (directory.taken_bytes, directory.blocks.len() as u64)
        });
        Held {
            memory_bytes: self.memory().bytes(),
            disk_bytes,
            blocks,
            waiting: waiting as u64,
            waiting_bytes,
        }
    }

    /// What was taken and lost since it was opened.
    pub fn counts(&self) -> StoreCounts {
        self.counts.read()
    }

    /// All traces in memory.
    pub(crate) fn in_memory(&self) -> Vec<Arc<Trace>> {
        self.memory().all()
    }

    /// Lets a function see the disk as it is at one moment; `None` where there is none.
    pub(crate) fn on_disk<T>(
        &self,
        see: impl FnOnce(&View<'_>) -> Result<T, redb::Error>,
    ) -> Option<Result<T, Failure>> {
        let disk = self.disk.as_ref()?;
        Some(disk.view(&self.counts, see))
    }
}

/// Whether something began a part of a trace: then it is one without the rest, too.
fn has_beginning(part: &Trace) -> bool {
    part.spans.iter().any(Span::is_entry)
}
