//! What is counted of connections: each that is accepted, and the one way in which it ends.
//!
//! accepted = open + answered + refused, by reason + gone, by reason

use obs::{Counter, Gauge, Integer, LabelValue, counter, gauge};

static ACCEPTED: Counter = counter!(
    "obs_connections_accepted_total",
    "Connections accepted. Each is open, or has ended in one way: answered, refused or gone.",
    scope = process
);

static OPEN: Gauge<(), Integer> = gauge!(
    "obs_connections_open",
    "Connections that have not ended, the one that asks among them.",
    integer,
    scope = process
);

static ANSWERED: Counter = counter!(
    "obs_connections_answered_total",
    "Connections that ended with all their requests answered, to the last byte.",
    scope = process
);

static REFUSED: Counter<Refusal> = counter!(
    "obs_connections_refused_total",
    "Connections turned away or cut, by reason. full: as many as the server allows were being answered. gave_way: no \
     request had come in full, and another connection needed the place. header_late, header_large, malformed: of the \
     request's header. body: the request had one. stalled: the client read nothing for too long. slow: it did not read \
     all in time. stopped: the runtime ended first.",
    labels(reason: Refusal),
    scope = process
);

static GONE: Counter<Departure> = counter!(
    "obs_connections_gone_total",
    "Connections that the client or the network ended, by what was missing. silent: no byte had come. half_asked: a \
     part of a request had. half_answered: not all of the answer was sent.",
    labels(reason: Departure),
    scope = process
);

static FAILED: Counter = counter!(
    "obs_connections_failed_total",
    "Times that the system could not accept a connection, as when the process is out of file descriptors. The connection \
     waits on.",
    scope = process
);

/// The one way in which a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// All requests were answered, to the last byte.
    Answered,
    /// The server turned it away or cut it.
    Refused(Refusal),
    /// The client or the network ended it.
    Gone(Departure),
}

/// Why a connection was turned away or cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub(crate) enum Refusal {
    /// As many as are allowed were being answered.
    Full,
    /// It had sent no complete request when another needed its place.
    GaveWay,
    /// Its request's header did not come in time.
    HeaderLate,
    /// Its request's header was too large.
    HeaderLarge,
    /// What it sent was not HTTP.
    Malformed,
    /// Its request had a body.
    Body,
    /// It read nothing for too long.
    Stalled,
    /// It read, but not all in time.
    Slow,
    /// The runtime ended before it was answered.
    Stopped,
}

/// What a connection that went by itself went without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub(crate) enum Departure {
    /// No byte had come.
    Silent,
    /// A part of a request had come.
    HalfAsked,
    /// Not all of the answer was sent.
    HalfAnswered,
}

/// Counts a connection that was accepted, and owes an end.
pub(crate) fn count_accepted() {
    ACCEPTED.inc();
    OPEN.inc();
}

/// Counts the end of a connection; once for each.
pub(crate) fn count_ended(ending: Ending) {
    OPEN.dec();
    match ending {
        Ending::Answered => ANSWERED.inc(),
        Ending::Refused(reason) => REFUSED.with(reason).inc(),
        Ending::Gone(reason) => GONE.with(reason).inc(),
    }
}

/// Counts a connection that could not be accepted.
pub(crate) fn count_failed() {
    FAILED.inc();
}
