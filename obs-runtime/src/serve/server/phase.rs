//! What a connection is doing and how it ended, shared by its stream, its requests and the list of all connections.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::Limits;
use crate::serve::connections::{Departure, Ending, Refusal, count_accepted, count_ended};

/// What a connection is doing. Its own task writes it; the accepting task reads it to find who can give way, and says so.
#[derive(Debug, Clone)]
pub(super) struct Progress(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    phase: Phase,
    since: Instant,
    /// Whether anybody has looked for a request: one that has come may still lie in the socket.
    looked: bool,
    /// Whether any byte has ever come.
    heard: bool,
    /// Requests that are being answered: a second one may have come in before the body of the first was dropped.
    answers: usize,
    /// Whether the runtime ends meanwhile.
    stopping: bool,
    /// How it ended, which is said and counted once.
    ending: Option<Ending>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// All requests that came are answered, and nothing of a further one has come.
    Idle,
    /// A request's header is due: the connection is new, or a part of the header has come.
    Header,
    /// A request is being answered, or the last bytes of the answer wait for their reader.
    Answer,
    /// It has ended; what the client still sends is taken in, so that it gets to see the answer.
    Linger,
}

impl Progress {
    /// A new connection, which is counted, owes a request.
    pub(super) fn new(now: Instant) -> Progress {
        count_accepted();
        Progress(Arc::new(Mutex::new(State {
            phase: Phase::Header,
            since: now,
            looked: false,
            heard: false,
            answers: 0,
            stopping: false,
            ending: None,
        })))
    }

    /// Somebody has looked for a request, and some bytes had come, or none.
    pub(super) fn look(&self, found: bool) {
        let mut state = self.lock();
        state.looked = true;
        state.heard |= found;
        if found && state.phase == Phase::Idle {
            state.enter(Phase::Header);
        }
    }

    /// A request has come in full; it is being answered until what is returned is dropped and all is flushed.
    pub(super) fn answer(&self) -> Answer {
        let mut state = self.lock();
        state.answers += 1;
        state.enter(Phase::Answer);
        Answer(self.clone())
    }

    /// All that was written is with the system, which sends it.
    pub(super) fn flushed(&self) {
        let mut state = self.lock();
        if state.phase == Phase::Answer && state.answers == 0 {
            state.enter(Phase::Idle);
        }
    }

    /// The runtime ends: whatever is not answered now is refused for that.
    pub(super) fn stop(&self) {
        self.lock().stopping = true;
    }

    /// The server turns it away or cuts it, unless it has ended already.
    pub(super) fn refuse(&self, reason: Refusal) {
        self.lock().end(Ending::Refused(reason));
    }

    /// It ends in the way that its phase tells, unless it has ended already. Returns how.
    pub(super) fn end(&self) -> Ending {
        let mut state = self.lock();
        let ending = state.told();
        state.end(ending)
    }

    /// It has ended, and waits for its client to see that.
    pub(super) fn linger(&self) {
        self.lock().enter(Phase::Linger);
    }

    /// Since when it has been of no use, and whether it has ended; `None` while a request is being answered.
    pub(super) fn waiting_since(&self) -> Option<(Instant, bool)> {
        let state = self.lock();
        (state.phase != Phase::Answer).then_some((state.since, state.phase == Phase::Linger))
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
            Phase::Linger => (limits.linger, None),
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

    /// How it ends if it ends now, going by what it is doing.
    fn told(&self) -> Ending {
        match self.phase {
            Phase::Idle | Phase::Linger => Ending::Answered,
            _ if self.stopping => Ending::Refused(Refusal::Stopped),
            Phase::Answer => Ending::Gone(Departure::HalfAnswered),
            Phase::Header if self.heard => Ending::Gone(Departure::HalfAsked),
            Phase::Header => Ending::Gone(Departure::Silent),
        }
    }

    fn end(&mut self, ending: Ending) -> Ending {
        *self.ending.get_or_insert_with(|| {
            count_ended(ending);
            ending
        })
    }
}

/// Held by a connection's task: whatever ends the task, the connection's end is counted.
#[derive(Debug)]
pub(super) struct Ended(pub(super) Progress);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// Held while a request is being answered.
#[derive(Debug)]
pub(super) struct Answer(Progress);

impl Drop for Answer {
    fn drop(&mut self) {
        self.0.lock().answers -= 1;
    }
}
