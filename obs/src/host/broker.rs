//! The message broker of a host: what it takes, whom it hands that to, and what nobody gets.

use super::flight::{Flight, Unsaid};
use super::{LATENCIES, Received};
use crate::span::Site;
use crate::{
    AttributeValue, Bound, Carrier, Counter, Dynamic, Edge, Gauge, Histogram, InFlight, Kind,
    LabelValue, Moment, Number, Seconds, counter, gauge, histogram,
};

/// Messages that were given to the broker.
pub static PUBLISHED: Dynamic<Counter, 2> = counter!(
    "broker_messages_published_total",
    "Messages that were given to the broker.",
    dynamic(broker, message_type),
    scope = process,
);

/// Messages that the broker handed to a subscriber, once for each.
pub static DELIVERED: Dynamic<Counter, 1> = counter!(
    "broker_messages_delivered_total",
    "Messages that the broker handed to a subscriber, once for each.",
    dynamic(broker),
    scope = process,
);

/// Time that publishing a message took.
pub static ROUTING_LATENCY: Dynamic<Histogram, 1> = histogram!(
    "broker_routing_latency_seconds",
    "Time that publishing a message took.",
    dynamic(broker),
    scope = process,
    bounds = LATENCIES,
);

/// Time from publishing a message to a subscriber's receiving it.
pub static DELIVERY_LATENCY: Dynamic<Histogram, 1> = histogram!(
    "broker_delivery_latency_seconds",
    "Time from publishing a message to a subscriber's receiving it.",
    dynamic(broker),
    scope = process,
    bounds = LATENCIES,
);

/// Messages that the broker did not take, by type of error.
pub static PUBLISH_ERRORS: Dynamic<Counter<PublishError>, 1> = counter!(
    "broker_publish_errors_total",
    "Messages that the broker did not take, by type of error.",
    dynamic(broker),
    labels(type: PublishError),
    scope = process,
);

/// Subscribers of the broker now.
pub static SUBSCRIBERS: Dynamic<Gauge, 1> = gauge!(
    "broker_subscribers",
    "Subscribers of the broker now.",
    dynamic(broker),
    scope = process,
);

/// Subscribers that a message went to.
pub static FANOUT: Dynamic<Histogram<(), Number>, 1> = histogram!(
    "broker_fanout",
    "Subscribers that a message went to.",
    dynamic(broker),
    scope = process,
    bounds = [0, 1, 2, 4, 8, 16, 32, 64, 128],
);

/// Messages that nobody will receive, by reason.
pub static DEAD_LETTERS: Dynamic<Counter<DeadLetter>, 1> = counter!(
    "broker_dead_letters_total",
    "Messages that nobody will receive, by reason.",
    dynamic(broker),
    labels(reason: DeadLetter),
    scope = process,
);

/// Messages that the broker has taken and no subscriber has received.
pub static QUEUE_DEPTH: Dynamic<Gauge, 1> = gauge!(
    "broker_queue_depth",
    "Messages that the broker has taken and no subscriber has received.",
    dynamic(broker),
    scope = process,
);

/// Requests through the broker that wait for a reply.
pub static REQUESTS_PENDING: Dynamic<Gauge, 1> = gauge!(
    "broker_requests_pending",
    "Requests through the broker that wait for a reply.",
    dynamic(broker),
    scope = process,
);

/// Requests through the broker that were not answered in time.
pub static REQUEST_TIMEOUTS: Dynamic<Counter, 1> = counter!(
    "broker_request_timeouts_total",
    "Requests through the broker that were not answered in time.",
    dynamic(broker),
    scope = process,
);

/// Messages published a second over the last minute. Computed when merged.
pub static THROUGHPUT: Dynamic<Gauge, 1> = gauge!(
    "broker_throughput",
    "Messages published a second over the last minute. Computed when merged.",
    dynamic(broker),
    scope = process,
);

/// Actors that the broker can reach by address.
pub static REGISTERED_ACTORS: Dynamic<Gauge, 1> = gauge!(
    "broker_registered_actors",
    "Actors that the broker can reach by address.",
    dynamic(broker),
    scope = process,
);

/// Actors that share the work of a pool.
pub static POOL_MEMBERS: Dynamic<Gauge, 2> = gauge!(
    "broker_pool_members",
    "Actors that share the work of a pool.",
    dynamic(broker, pool),
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

/// Messages being published.
static PUBLISH: Site = Site::of_handle(
    "broker.publish",
    Kind::Producer,
    &["message_type", "subscribers"],
);

/// A broker: looked up once, when it is made, and kept.
///
/// ```
/// use obs::host::broker::Broker;
///
/// let broker = Broker::named("orders");
/// let publishing = broker.publish("order");
/// let carrier = publishing.carrier(); // travels with the message
/// publishing.end(1);
/// // … and where the subscriber receives it:
/// broker.delivered(carrier);
/// ```
#[derive(Debug, Clone)]
pub struct Broker {
    name: Box<str>,
    delivered: Counter<(), Bound>,
    routing: Histogram<(), Seconds, Bound>,
    delivery: Histogram<(), Seconds, Bound>,
    errors: Counter<PublishError, Bound>,
    subscribers: Gauge<(), Number, Bound>,
    fanout: Histogram<(), Number, Bound>,
    dead: Counter<DeadLetter, Bound>,
    depth: Gauge<(), Number, Bound>,
    pending: Gauge<(), Number, Bound>,
    timeouts: Counter<(), Bound>,
}

impl Broker {
    /// Looks a broker up.
    pub fn named(name: &str) -> Broker {
        Broker {
            name: name.into(),
            delivered: DELIVERED.with([name]),
            routing: ROUTING_LATENCY.with([name]),
            delivery: DELIVERY_LATENCY.with([name]),
            errors: PUBLISH_ERRORS.with([name]),
            subscribers: SUBSCRIBERS.with([name]),
            fanout: FANOUT.with([name]),
            dead: DEAD_LETTERS.with([name]),
            depth: QUEUE_DEPTH.with([name]),
            pending: REQUESTS_PENDING.with([name]),
            timeouts: REQUEST_TIMEOUTS.with([name]),
        }
    }

    /// Begins to publish a message of this type, which is a span `broker.publish`.
    #[inline]
    pub fn publish<'a>(&'a self, message_type: &'a str) -> Publishing<'a> {
        PUBLISHED.with([&*self.name, message_type]).inc();
        Publishing {
            broker: self,
            message_type,
            flight: Flight::start(&PUBLISH),
        }
    }

    /// Says that a subscriber has received a message with this [`carrier`](Publishing::carrier), or one that was published
    /// then. The time on the way is a span `queue`; what the subscriber does of it can be
    /// [a message](super::messages::MessageType::start_sent).
    #[inline]
    pub fn delivered(&self, published: impl Into<Received>) -> Received {
        self.depth.dec();
        self.delivered.inc();
        let received = published.into();
        self.delivery.observe(received.sent().until(received.at()));
        received
    }

    /// Says that a message that waited for a subscriber will not be received.
    #[inline]
    pub fn dropped(&self, reason: DeadLetter) {
        self.depth.dec();
        self.dead.with(reason).inc();
    }

    /// Says that a message, or a request, never came to wait for anybody.
    #[inline]
    pub fn undeliverable(&self, reason: DeadLetter) {
        self.dead.with(reason).inc();
    }

    /// A subscription, until what this returns is dropped.
    pub fn subscribed(&self) -> InFlight<Bound> {
        self.subscribers.in_flight()
    }

    /// A member of a pool of this name, until what this returns is dropped.
    pub fn pool_member(&self, pool: &str) -> InFlight<Bound> {
        POOL_MEMBERS.with([&*self.name, pool]).in_flight()
    }

    /// Says how many actors can be reached by address.
    pub fn registered(&self, actors: usize) {
        REGISTERED_ACTORS.with([&*self.name]).set(actors);
    }

    /// Begins to wait for the reply to a request.
    #[inline]
    pub fn request(&self) -> PendingReply<'_> {
        PendingReply {
            broker: self,
            flight: Flight::unseen(Moment::now()),
            _pending: self.pending.in_flight(),
        }
    }
}

/// A message being published: latency, fan-out, errors. Dropped without an end it counts as an error.
#[derive(Debug)]
#[must_use = "publishing counts as failed as soon as the guard is dropped"]
pub struct Publishing<'a> {
    broker: &'a Broker,
    message_type: &'a str,
    flight: Flight,
}

impl Publishing<'_> {
    /// When it was published: what travels with a message whose way nobody follows to [`delivered`](Broker::delivered).
    #[inline]
    pub fn moment(&self) -> Moment {
        self.flight.begun()
    }

    /// What travels with the message to [`delivered`](Broker::delivered): when it was published, and in which span.
    #[inline]
    pub fn carrier(&self) -> Carrier {
        Carrier::since(self.flight.begun(), self.flight.context(), Edge::Detached)
    }

    /// Says that the message waits for so many subscribers now; each says that it has received it by
    /// [`delivered`](Broker::delivered).
    #[inline]
    pub fn end(mut self, subscribers: usize) {
        let known = [self.message_type.value(), subscribers.value()];
        self.flight.attributes(&known);
        let now = self.flight.land();
        self.broker.fanout.observe(subscribers as f64);
        self.broker.depth.inc_by(subscribers as u64);
        if subscribers == 0 {
            self.broker.undeliverable(DeadLetter::UnknownAddress);
        }
        self.broker.routing.observe(self.flight.begun().until(now));
    }

    /// Says that the broker did not take it.
    #[inline]
    pub fn failed(mut self, error: PublishError) {
        self.flight.attributes(&[self.message_type.value()]);
        let now = self.flight.land_with(error, false);
        self.record(error, now);
    }

    fn record(&self, error: PublishError, now: Moment) {
        self.broker.errors.with(error).inc();
        self.broker.routing.observe(self.flight.begun().until(now));
    }
}

impl Drop for Publishing<'_> {
    fn drop(&mut self) {
        if let Some(now) = self.flight.fail() {
            self.record(PublishError::Other, now);
        }
    }
}

/// A request through the broker that waits for its reply. One that is let go without it has run into its time limit.
#[derive(Debug)]
#[must_use = "the request ends as soon as the guard is dropped"]
pub struct PendingReply<'a> {
    broker: &'a Broker,
    flight: Flight,
    _pending: InFlight<Bound>,
}

impl PendingReply<'_> {
    /// Says that the reply has come, or that there will be none.
    #[inline]
    pub fn over(mut self) {
        self.flight.land();
    }
}

impl Drop for PendingReply<'_> {
    fn drop(&mut self) {
        if let Some((Unsaid::Dropped, _)) = self.flight.crash() {
            self.broker.timeouts.inc();
        }
    }
}
