//! The message broker of a host: what it takes, whom it hands that to, and what nobody gets.

use super::LATENCIES;
use super::flight::{Flight, Unsaid};
use crate::{
    Counter, Gauge, Histogram, InFlight, LabelValue, Moment, Number, counter, gauge, histogram,
};

/// Messages that were given to the broker.
pub static PUBLISHED: Counter = counter!(
    "broker_messages_published_total",
    "Messages that were given to the broker.",
    scope = process,
);

/// Messages that the broker handed to a subscriber, once for each.
pub static DELIVERED: Counter = counter!(
    "broker_messages_delivered_total",
    "Messages that the broker handed to a subscriber, once for each.",
    scope = process,
);

/// Time that publishing a message took.
pub static ROUTING_LATENCY: Histogram = histogram!(
    "broker_routing_latency_seconds",
    "Time that publishing a message took.",
    scope = process,
    bounds = LATENCIES,
);

/// Time from publishing a message to a subscriber's receiving it.
pub static DELIVERY_LATENCY: Histogram = histogram!(
    "broker_delivery_latency_seconds",
    "Time from publishing a message to a subscriber's receiving it.",
    scope = process,
    bounds = LATENCIES,
);

/// Messages that the broker did not take, by type of error.
pub static PUBLISH_ERRORS: Counter<PublishError> = counter!(
    "broker_publish_errors_total",
    "Messages that the broker did not take, by type of error.",
    labels(type: PublishError),
    scope = process,
);

/// Subscribers of the broker now.
pub static SUBSCRIBERS: Gauge = gauge!(
    "broker_subscribers",
    "Subscribers of the broker now.",
    scope = process,
);

/// Subscribers that a message went to.
pub static FANOUT: Histogram<(), Number> = histogram!(
    "broker_fanout",
    "Subscribers that a message went to.",
    scope = process,
    bounds = [0, 1, 2, 4, 8, 16, 32, 64, 128],
);

/// Messages that nobody will receive, by reason.
pub static DEAD_LETTERS: Counter<DeadLetter> = counter!(
    "broker_dead_letters_total",
    "Messages that nobody will receive, by reason.",
    labels(reason: DeadLetter),
    scope = process,
);

/// Messages that the broker has taken and no subscriber has received.
pub static QUEUE_DEPTH: Gauge = gauge!(
    "broker_queue_depth",
    "Messages that the broker has taken and no subscriber has received.",
    scope = process,
);

/// Requests through the broker that wait for a reply.
pub static REQUESTS_PENDING: Gauge = gauge!(
    "broker_requests_pending",
    "Requests through the broker that wait for a reply.",
    scope = process,
);

/// Requests through the broker that were not answered in time.
pub static REQUEST_TIMEOUTS: Counter = counter!(
    "broker_request_timeouts_total",
    "Requests through the broker that were not answered in time.",
    scope = process,
);

/// Messages published a second, over the last minute. Computed when merged.
pub static THROUGHPUT: Gauge = gauge!(
    "broker_throughput",
    "Messages published a second, over the last minute. Computed when merged.",
    scope = process,
);

/// Actors that the broker can reach by address.
pub static REGISTERED_ACTORS: Gauge = gauge!(
    "broker_registered_actors",
    "Actors that the broker can reach by address.",
    scope = process,
);

/// Actors that share the work of a pool.
pub static POOL_MEMBERS: Gauge = gauge!(
    "broker_pool_members",
    "Actors that share the work of a pool.",
    scope = process,
);

/// Why a broker did not take a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum PublishError {
    /// It is full.
    Full,
    /// It has been shut down.
    Closed,
    /// The message could not be encoded, or is too large.
    Invalid,
    /// Anything else.
    Other,
}

/// Why nobody will receive a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum DeadLetter {
    /// Nobody has the address, or nobody listens.
    UnknownAddress,
    /// Whoever had it is gone.
    Closed,
    /// It was too old.
    Expired,
}

/// A message being published: latency, fan-out, errors. Dropped without an end it counts as an error.
#[derive(Debug)]
#[must_use = "publishing counts as failed as soon as the guard is dropped"]
pub struct Publishing {
    flight: Flight,
}

impl Publishing {
    /// Begins to publish a message.
    #[inline]
    pub fn start() -> Publishing {
        PUBLISHED.inc();
        Publishing {
            flight: Flight::start(),
        }
    }

    /// When it was published: what travels with the message to [`delivered`].
    #[inline]
    pub fn moment(&self) -> Moment {
        self.flight.begun()
    }

    /// Says that the message waits for so many subscribers now; each says that it has received it by [`delivered`].
    #[inline]
    pub fn end(mut self, subscribers: usize) {
        self.flight.land();
        FANOUT.observe(subscribers as f64);
        QUEUE_DEPTH.inc_by(subscribers as u64);
        if subscribers == 0 {
            DEAD_LETTERS.with(DeadLetter::UnknownAddress).inc();
        }
        ROUTING_LATENCY.observe(self.flight.begun().elapsed());
    }

    /// Says that the broker did not take it.
    #[inline]
    pub fn failed(mut self, error: PublishError) {
        self.flight.land();
        self.record(error);
    }

    fn record(&self, error: PublishError) {
        PUBLISH_ERRORS.with(error).inc();
        ROUTING_LATENCY.observe(self.flight.begun().elapsed());
    }
}

impl Drop for Publishing {
    fn drop(&mut self) {
        if self.flight.unsaid().is_some() {
            self.record(PublishError::Other);
        }
    }
}

/// Says that a subscriber has received a message that was published then.
#[inline]
pub fn delivered(published: Moment) {
    QUEUE_DEPTH.dec();
    DELIVERED.inc();
    DELIVERY_LATENCY.observe(published.elapsed());
}

/// Says that a message that waited for a subscriber will not be received.
#[inline]
pub fn dead(reason: DeadLetter) {
    QUEUE_DEPTH.dec();
    DEAD_LETTERS.with(reason).inc();
}

/// A subscription, until this is dropped.
pub fn subscribed() -> InFlight {
    SUBSCRIBERS.in_flight()
}

/// A request through the broker that waits for its reply.
#[derive(Debug)]
#[must_use = "the request ends as soon as the guard is dropped"]
pub struct PendingReply {
    _pending: InFlight,
    flight: Flight,
}

impl PendingReply {
    /// Begins to wait.
    #[inline]
    pub fn start() -> PendingReply {
        PendingReply {
            _pending: REQUESTS_PENDING.in_flight(),
            flight: Flight::start(),
        }
    }

    /// Says that the reply has come.
    #[inline]
    pub fn replied(mut self) {
        self.flight.land();
    }
}

impl Drop for PendingReply {
    /// What waited and was let go without a reply has run into its time limit.
    fn drop(&mut self) {
        if self.flight.unsaid() == Some(Unsaid::Dropped) {
            REQUEST_TIMEOUTS.inc();
        }
    }
}
