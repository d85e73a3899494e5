//! What a connection is doing, shared by its stream, its requests and the list of all connections.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::Limits;
use crate::serve::scrape::Refusal;

/// What a connection is doing. Its own task writes it; the accepting task reads it to find who can give way.
#[derive(Debug, Clone)]
pub(super) struct Progress(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    phase: Phase,
    since: Instant,
    /// Whether anybody has looked for a request: one that has come may still lie in the socket.
    looked: bool,
    /// Requests that are being answered: a second one may have come in before the body of the first was dropped.
    answers: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing of a further request has come.
    Idle,
    /// A request's header is due: the connection is new, or a part of the header has come.
    Header,
    /// A request is being answered.
    Answer,
}

impl Progress {
    /// A new connection owes a request.
    pub(super) fn new(now: Instant) -> Progress {
        Progress(Arc::new(Mutex::new(State {
            phase: Phase::Header,
            since: now,
            looked: false,
            answers: 0,
        })))
    }

    /// Somebody has looked for a request, and some bytes had come, or none.
    pub(super) fn look(&self, found: bool) {
        let mut state = self.lock();
        state.looked = true;
        if found && state.phase == Phase::Idle {
            state.enter(Phase::Header);
        }
    }

    /// A request has come in full; it is being answered until what is returned is dropped.
    pub(super) fn answer(&self) -> Answer {
        let mut state = self.lock();
        state.answers += 1;
        state.enter(Phase::Answer);
        Answer(self.clone())
    }

    /// Since when it has been waiting for a request in full; `None` while one is being answered.
    pub(super) fn waiting_since(&self) -> Option<Instant> {
        let state = self.lock();
        (state.phase != Phase::Answer).then_some(state.since)
    }

    /// Whether anybody has looked for a request.
    pub(super) fn was_looked_at(&self) -> bool {
        self.lock().looked
    }

    /// When the phase must be over, and what the connection is cut for otherwise; an idle one ends without blame.
    pub(super) fn deadline(&self, limits: &Limits) -> (Instant, Option<Refusal>) {
        let state = self.lock();
        let (limit, reason) = match state.phase {
            Phase::Idle => (limits.idle, None),
            Phase::Header => (limits.header, Some(Refusal::HeaderLate)),
            Phase::Answer => (limits.answer, Some(Refusal::Slow)),
        };
        (state.since + limit, reason)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing in here can panic half way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        self.since = Instant::now();
    }
}

/// Held while a request is being answered.
#[derive(Debug)]
pub(super) struct Answer(Progress);

impl Drop for Answer {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.answers -= 1;
        if state.answers == 0 {
            state.enter(Phase::Idle);
        }
    }
}
