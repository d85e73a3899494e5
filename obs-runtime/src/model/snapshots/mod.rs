//! The handle by which every stage asks for a fresh snapshot: one merge answers all who asked before it began.

use std::collections::HashMap;
use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use super::snapshot::Snapshot;

/// Gives out snapshots that are never stale: each is of a merge that began after it was asked for.
///
/// Whoever asks while a merge is under way waits for the next one, together with all others: two hundred
/// concurrent scrapes cost two merges at most. It needs no particular executor.
#[derive(Debug)]
pub struct Snapshots {
    state: Mutex<State>,
    /// Wakes the merging thread.
    asked: Condvar,
    /// Wakes threads that wait for a merge.
    published: Condvar,
}

/// The runtime has been shut down: there will be no further merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped;

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the runtime has been shut down: ask before, or take the snapshot that `shutdown` returns")
    }
}

impl std::error::Error for Stopped {}

/// What the merging thread does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// Merge, then ask again.
    Merge,
    /// Merge for the last time.
    LastMerge,
}

#[derive(Debug)]
struct State {
    /// The highest number of a merge that somebody waits for.
    wanted: u64,
    /// How many merges have begun.
    begun: u64,
    /// How many merges have been published.
    done: u64,
    latest: Arc<Snapshot>,
    /// When `latest` was published; nothing before the first merge.
    published: Option<Instant>,
    phase: Phase,
    /// Tasks that wait for a merge, by the number of their waiting.
    waiting: HashMap<u64, Waker>,
    /// How often a task began to wait.
    waits: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Open,
    /// The next merge is the last one.
    Stopping,
    /// The last merge has begun: nobody can be promised another.
    Closed,
    /// The merging thread is gone.
    Gone,
}

impl Snapshots {
    /// Makes a handle that has no merge yet.
    pub(crate) fn new(first: Snapshot) -> Snapshots {
        Snapshots {
            state: Mutex::new(State {
                wanted: 0,
                begun: 0,
                done: 0,
                latest: Arc::new(first),
                published: None,
                phase: Phase::Open,
                waiting: HashMap::new(),
                waits: 0,
            }),
            asked: Condvar::new(),
            published: Condvar::new(),
        }
    }

    /// Returns a snapshot of a merge that begins after this call.
    ///
    /// # Errors
    ///
    /// [`Stopped`] once the runtime's last merge has begun.
    pub async fn fresh(&self) -> Result<Arc<Snapshot>, Stopped> {
        let merge = self.ask()?;
        let waiting = self.begin_to_wait();
        poll_fn(|context| self.poll_merge(merge, waiting.number, context)).await
    }

    /// Returns the same as [`fresh`](Snapshots::fresh), blocking the calling thread for the length of a merge or two.
    ///
    /// # Errors
    ///
    /// [`Stopped`] once the runtime's last merge has begun.
    pub fn fresh_blocking(&self) -> Result<Arc<Snapshot>, Stopped> {
        let merge = self.ask()?;
        let mut state = self.lock();
        loop {
            if let Some(outcome) = state.outcome(merge) {
                return outcome;
            }
            state = self
                .published
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Returns the snapshot of the last merge, whenever that was.
    pub fn latest(&self) -> Arc<Snapshot> {
        self.lock().latest.clone()
    }

    /// Returns how long ago, seen from `now`, a merge was last published; `None` before the first one and after the last.
    pub(crate) fn age(&self, now: Instant) -> Option<Duration> {
        let state = self.lock();
        let published = state.published.filter(|_| state.phase != Phase::Gone)?;
        Some(now.saturating_duration_since(published))
    }

    /// Asks for the next merge to begin and returns its number.
    fn ask(&self) -> Result<u64, Stopped> {
        let mut state = self.lock();
        if matches!(state.phase, Phase::Closed | Phase::Gone) {
            return Err(Stopped);
        }
        let merge = state.begun + 1;
        if state.wanted < merge {
            state.wanted = merge;
            self.asked.notify_one();
        }
        Ok(merge)
    }

    fn begin_to_wait(&self) -> Waiting<'_> {
        let mut state = self.lock();
        state.waits += 1;
        Waiting {
            snapshots: self,
            number: state.waits,
        }
    }

    fn poll_merge(
        &self,
        merge: u64,
        waiting: u64,
        context: &mut Context<'_>,
    ) -> Poll<Result<Arc<Snapshot>, Stopped>> {
        let mut state = self.lock();
        if let Some(outcome) = state.outcome(merge) {
            return Poll::Ready(outcome);
        }
        state.waiting.insert(waiting, context.waker().clone());
        Poll::Pending
    }

    /// Waits until somebody asks, the tick is over or the runtime stops, and begins a merge.
    pub(crate) fn begin(&self, tick: Duration) -> Work {
        let state = self.lock();
        let idle = |state: &mut State| state.phase == Phase::Open && state.wanted <= state.begun;
        let (mut state, _) = self
            .asked
            .wait_timeout_while(state, tick, idle)
            .unwrap_or_else(PoisonError::into_inner);
        state.begun += 1;
        if state.phase == Phase::Open {
            return Work::Merge;
        }
        state.phase = Phase::Closed;
        Work::LastMerge
    }

    /// Publishes the snapshot of the merge that began last.
    pub(crate) fn publish(&self, snapshot: Arc<Snapshot>, now: Instant) {
        let mut state = self.lock();
        state.latest = snapshot;
        state.published = Some(now);
        state.done = state.begun;
        self.wake(state);
    }

    /// Asks for the last merge.
    pub(crate) fn stop(&self) {
        let mut state = self.lock();
        if state.phase == Phase::Open {
            state.phase = Phase::Stopping;
        }
        self.asked.notify_one();
    }

    /// Turns away everybody who still waits: the merging thread is gone.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.phase = Phase::Gone;
        self.wake(state);
    }

    fn wake(&self, mut state: MutexGuard<'_, State>) {
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        self.published.notify_all();
        waiting.into_values().for_each(Waker::wake);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every change of the state is complete before anything in it can panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A task's place among those who wait. Whoever gives up gives it back: a merge that never ends must not gather them.
struct Waiting<'a> {
    snapshots: &'a Snapshots,
    number: u64,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.snapshots.lock().waiting.remove(&self.number);
    }
}

impl State {
    /// What became of a merge: published, impossible, or still to come.
    fn outcome(&self, merge: u64) -> Option<Result<Arc<Snapshot>, Stopped>> {
        if self.done >= merge {
            return Some(Ok(self.latest.clone()));
        }
        (self.phase == Phase::Gone).then_some(Err(Stopped))
    }
}

#[cfg(test)]
mod tests;
