//! What a component is told, tells others and asks of them.

use std::future::Future;

use super::flight::{Flight, Unsaid};
use super::{During, LATENCIES, Received, SIZES, Side, errors};
use crate::span::{Name, Origin, Site, Told};
use crate::{
    Bound, Context, Counter, Dynamic, Gauge, Histogram, InFlight, Kind, LabelValue, Moment, Number,
    Seconds, counter, gauge, histogram,
};

/// Messages that the component began to handle.
pub static MESSAGES_RECEIVED: Dynamic<Counter, 1> = counter!(
    "component_messages_received_total",
    "Messages that the component began to handle.",
    dynamic(message_type),
);

/// Messages that the component handled, by how that ended.
pub static MESSAGES_PROCESSED: Dynamic<Counter<MessageOutcome>, 1> = counter!(
    "component_messages_processed_total",
    "Messages that the component handled, by how that ended.",
    dynamic(message_type),
    labels(outcome: MessageOutcome),
);

/// Messages that the component sent, by pattern.
pub static MESSAGES_SENT: Counter<Pattern> = counter!(
    "component_messages_sent_total",
    "Messages that the component sent, by pattern.",
    labels(pattern: Pattern),
);

/// Time from the start of handling a message to its end.
pub static PROCESSING_LATENCY: Dynamic<Histogram, 1> = histogram!(
    "component_processing_latency_seconds",
    "Time from the start of handling a message to its end.",
    dynamic(message_type),
    bounds = LATENCIES,
);

/// Time from calling the guest to its answer or trap, host calls and yields included.
pub static GUEST_CALL_LATENCY: Histogram<Export> = histogram!(
    "component_guest_call_latency_seconds",
    "Time from calling the guest to its answer or trap, host calls and yields included.",
    labels(export: Export),
    bounds = LATENCIES,
);

/// Time from sending a message to the start of its handling.
pub static QUEUE_WAIT: Histogram = histogram!(
    "component_queue_wait_seconds",
    "Time from sending a message to the start of its handling.",
    bounds = LATENCIES,
);

/// Time from the first sending of what led here to the end of handling it.
pub static END_TO_END_LATENCY: Histogram = histogram!(
    "component_end_to_end_latency_seconds",
    "Time from the first sending of what led here to the end of handling it.",
    bounds = LATENCIES,
);

/// Messages being handled now.
pub static MESSAGES_IN_FLIGHT: Gauge = gauge!(
    "component_messages_in_flight",
    "Messages being handled now.",
    zero,
);

/// Size of message payloads, in and out.
pub static MESSAGE_PAYLOAD: Histogram<Side, Number> = histogram!(
    "component_message_payload_bytes",
    "Size of message payloads, in and out.",
    labels(direction: Side),
    bounds = SIZES,
);

/// Requests that the component made of others, by how they ended.
pub static REQUESTS: Counter<RequestOutcome> = counter!(
    "component_requests_total",
    "Requests that the component made of others, by how they ended.",
    labels(outcome: RequestOutcome),
);

/// Time from a request to its end, answered or not.
pub static REQUEST_LATENCY: Histogram = histogram!(
    "component_request_latency_seconds",
    "Time from a request to its end, answered or not.",
    bounds = LATENCIES,
);

/// Requests that wait for a reply now.
pub static REQUESTS_PENDING: Gauge = gauge!(
    "component_requests_pending",
    "Requests that wait for a reply now.",
);

/// Callbacks that the component handled, by how that ended.
pub static CALLBACKS_PROCESSED: Counter<MessageOutcome> = counter!(
    "component_callbacks_processed_total",
    "Callbacks that the component handled, by how that ended.",
    labels(outcome: MessageOutcome),
);

/// Unix time of the last handled message, to the length of a merge. Computed when merged.
pub static LAST_MESSAGE: Gauge = gauge!(
    "component_last_message_timestamp_seconds",
    "Unix time of the last handled message, to the length of a merge. Computed when merged.",
);

/// Messages that were too old to be handled.
pub static MESSAGES_EXPIRED: Counter = counter!(
    "component_messages_expired_total",
    "Messages that were too old to be handled.",
);

/// How the handling of a message ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum MessageOutcome {
    /// The component did what it was told.
    Ok,
    /// It answered with an error.
    Error,
    /// Its code did not survive: a trap of a guest.
    Trap,
    /// It took too long and was interrupted.
    Timeout,
    /// The code that hosts it panicked.
    Panic,
    /// The handling was given up from outside: its future was dropped.
    Cancelled,
}

/// The pattern in which a message is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum Pattern {
    /// To one, without an answer.
    Tell,
    /// To one, who shall answer.
    Request,
    /// The answer.
    Reply,
    /// To whoever listens.
    Broadcast,
}

/// What a guest is called for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum Export {
    /// To handle a message.
    Message,
    /// To handle the answer to a request.
    Callback,
    /// To start or to stop.
    Lifecycle,
    /// To say how it is.
    Health,
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum RequestOutcome {
    /// With a reply.
    Ok,
    /// Without one in time.
    Timeout,
    /// Whoever was asked let the request go.
    NoReply,
    /// The one who asked gave it up.
    Cancelled,
    /// It could not be sent.
    Error,
}

/// Messages being handled.
static MESSAGE: Site = Site::of_handle("message", Kind::Consumer, &["message_type"]);

/// Requests that wait for their reply.
static REQUEST: Site = Site::of_handle("request", Kind::Client, &[]);

/// A type of messages that a component handles.
///
/// Looked up once, when the component starts, and kept: a small `Copy` value that records without looking anything up. What
/// it starts is a span `message` as well, of the span that sent the message.
///
/// ```
/// use obs::host::messages::{MessageOutcome, MessageType};
///
/// let orders = obs::Component::register("shop/orders/1").scope(|| MessageType::named("order"));
/// let handling = orders.start();
/// // … the component does what it is told …
/// handling.end(MessageOutcome::Ok);
/// ```
#[must_use = "a type of messages records nothing by itself"]
#[derive(Debug, Clone, Copy)]
pub struct MessageType {
    name: Name,
    received: Counter<(), Bound>,
    processed: Counter<MessageOutcome, Bound>,
    latency: Histogram<(), Seconds, Bound>,
}

impl MessageType {
    /// Looks the type up for the component that the thread is in.
    pub fn named(name: &'static str) -> MessageType {
        MessageType {
            name: Name::of(name),
            received: MESSAGES_RECEIVED.with([name]),
            processed: MESSAGES_PROCESSED.with([name]),
            latency: PROCESSING_LATENCY.with([name]),
        }
    }

    /// Begins to handle a message.
    #[inline]
    pub fn start(self) -> MessageGuard {
        self.start_at(Moment::now(), Origin::Here)
    }

    /// Begins to handle a message that was sent then, or whose [`Stamp`](super::mailbox::Stamp) was opened, at the moment when
    /// it was taken out of its queue.
    #[inline]
    pub fn start_sent(self, message: impl Into<Received>) -> MessageGuard {
        let message = message.into();
        QUEUE_WAIT.observe(message.sent().until(message.at()));
        self.start_at(message.at(), message.origin())
    }

    fn start_at(self, now: Moment, origin: Origin) -> MessageGuard {
        self.received.inc();
        let flight = Flight::since(now, &MESSAGE, origin, Told::AtStart);
        flight.attributes(&[self.name.value()]);
        MessageGuard {
            of: self,
            flight,
            first: None,
            _in_flight: MESSAGES_IN_FLIGHT.in_flight(),
        }
    }
}

/// A message being handled, from its start to its outcome: received, in flight, latency, outcome and a span out of two readings
/// of the clock. Dropped without an outcome it counts as cancelled; by a panic, as one.
#[derive(Debug)]
#[must_use = "the message counts as cancelled as soon as the guard is dropped"]
pub struct MessageGuard {
    of: MessageType,
    flight: Flight,
    first: Option<Moment>,
    _in_flight: InFlight,
}

impl MessageGuard {
    /// Says when the first message was sent of those that led to this one.
    #[inline]
    pub fn first_sent(&mut self, first: Moment) {
        self.first = Some(first);
    }

    /// What happens while it is handled: see [`in_context`](crate::InContext::in_context).
    #[inline]
    pub fn context(&self) -> Context {
        self.flight.context()
    }

    /// A future that is a part of handling it, polled in its span.
    #[inline]
    pub fn during<F: Future>(&mut self, future: F) -> During<'_, F> {
        During::new(&mut self.flight, future)
    }

    /// Says how it ended.
    #[inline]
    pub fn end(mut self, outcome: MessageOutcome) {
        let now = self
            .flight
            .land_with(outcome, outcome == MessageOutcome::Ok);
        self.record(outcome, now);
    }

    fn record(&self, outcome: MessageOutcome, now: Moment) {
        self.of.latency.observe(self.flight.begun().until(now));
        if let Some(first) = self.first {
            END_TO_END_LATENCY.observe(first.until(now));
        }
        self.of.processed.with(outcome).inc();
    }
}

impl Drop for MessageGuard {
    fn drop(&mut self) {
        match self.flight.crash() {
            None => {}
            Some((Unsaid::Dropped, now)) => self.record(MessageOutcome::Cancelled, now),
            Some((Unsaid::Panicked, now)) => {
                errors::PANICS.inc();
                self.record(MessageOutcome::Panic, now);
            }
        }
    }
}

/// A request that waits for its reply: pending, latency, outcome, and a span `request`. Dropped without an outcome it counts as
/// cancelled.
#[derive(Debug)]
#[must_use = "the request counts as cancelled as soon as the guard is dropped"]
pub struct RequestGuard {
    flight: Flight,
    _pending: InFlight,
}

impl RequestGuard {
    /// Sends a request.
    #[inline]
    pub fn start() -> RequestGuard {
        MESSAGES_SENT.with(Pattern::Request).inc();
        RequestGuard {
            flight: Flight::shown(&REQUEST),
            _pending: REQUESTS_PENDING.in_flight(),
        }
    }

    /// What happens until the reply is there: what is sent in it hangs on the request.
    #[inline]
    pub fn context(&self) -> Context {
        self.flight.context()
    }

    /// A future that waits for the reply, polled in the request's span.
    #[inline]
    pub fn during<F: Future>(&mut self, future: F) -> During<'_, F> {
        During::new(&mut self.flight, future)
    }

    /// Says how it ended.
    #[inline]
    pub fn end(mut self, outcome: RequestOutcome) {
        let now = self
            .flight
            .land_with(outcome, outcome == RequestOutcome::Ok);
        self.record(outcome, now);
    }

    fn record(&self, outcome: RequestOutcome, now: Moment) {
        REQUEST_LATENCY.observe(self.flight.begun().until(now));
        REQUESTS.with(outcome).inc();
    }
}

impl Drop for RequestGuard {
    fn drop(&mut self) {
        if let Some((_, now)) = self.flight.crash() {
            self.record(RequestOutcome::Cancelled, now);
        }
    }
}
