//! Actors, from spawn to stop.

use super::flight::{Flight, Unsaid};
use super::{DURATIONS, LIFETIMES, resources};
use crate::span::{Name, Site};
use crate::{
    AttributeValue, Bound, Context, Counter, Dynamic, Gauge, Histogram, InFlight, Kind, LabelValue,
    Moment, Number, Seconds, counter, gauge, histogram,
};

/// Actors started for the component, by whether they came up.
pub static SPAWNS: Dynamic<Counter<SpawnOutcome>, 1> = counter!(
    "actor_spawns_total",
    "Actors started for the component, by whether they came up.",
    dynamic(kind),
    labels(outcome: SpawnOutcome),
);

/// Time from spawning an actor to its being ready.
pub static SPAWN_DURATION: Dynamic<Histogram, 1> = histogram!(
    "actor_spawn_duration_seconds",
    "Time from spawning an actor to its being ready.",
    dynamic(kind),
    bounds = DURATIONS,
);

/// Actors that have started and not stopped.
pub static RUNNING: Dynamic<Gauge, 1> = gauge!(
    "actors_running",
    "Actors that have started and not stopped.",
    dynamic(kind),
    scope = process,
);

/// Actors of the component that stopped, by reason.
pub static STOPS: Dynamic<Counter<StopReason>, 1> = counter!(
    "actor_stops_total",
    "Actors of the component that stopped, by reason.",
    dynamic(kind),
    labels(reason: StopReason),
);

/// Time from the start of an actor to its stop.
pub static LIFETIME: Dynamic<Histogram, 1> = histogram!(
    "actor_lifetime_seconds",
    "Time from the start of an actor to its stop.",
    dynamic(kind),
    scope = process,
    bounds = LIFETIMES,
);

/// What was done about an error of an actor.
pub static ERROR_ACTIONS: Dynamic<Counter<ErrorAction>, 1> = counter!(
    "actor_error_actions_total",
    "What was done about an error of an actor.",
    dynamic(kind),
    labels(action: ErrorAction),
);

/// Time from asking an actor to stop to its having stopped.
pub static SHUTDOWN_DURATION: Dynamic<Histogram, 1> = histogram!(
    "actor_shutdown_duration_seconds",
    "Time from asking an actor to stop to its having stopped.",
    dynamic(kind),
    scope = process,
    bounds = DURATIONS,
);

/// Unix time at which the actor system was made.
pub static SYSTEM_START_TIME: Dynamic<Gauge, 1> = gauge!(
    "actor_system_start_time_seconds",
    "Unix time at which the actor system was made.",
    dynamic(system),
    scope = process,
);

/// Time since the actor system was made. Computed when merged.
pub static SYSTEM_UPTIME: Dynamic<Gauge, 1> = gauge!(
    "actor_system_uptime_seconds",
    "Time since the actor system was made. Computed when merged.",
    dynamic(system),
    scope = process,
);

/// Actors that the system may have.
pub static SYSTEM_LIMIT: Dynamic<Gauge, 1> = gauge!(
    "actor_system_limit",
    "Actors that the system may have.",
    dynamic(system),
    scope = process,
);

/// Whether an actor came up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum SpawnOutcome {
    /// It is ready.
    Ok,
    /// It could not start.
    Error,
}

/// Why an actor stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum StopReason {
    /// It had nothing left to do, or was asked to stop.
    Normal,
    /// It gave up after an error.
    Error,
    /// It panicked.
    Panic,
    /// The whole system was shut down.
    Shutdown,
    /// It was ended from outside, between two messages.
    Killed,
}

/// What is done about an error of an actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum ErrorAction {
    /// It stops.
    Stop,
    /// It goes on with the next message.
    Resume,
    /// It is started anew.
    Restart,
    /// Its supervisor decides.
    Escalate,
}

/// Says that the actor system of this name has been made, and how many actors it may have.
pub fn system_started(system: &str, limit: Option<usize>) {
    SYSTEM_START_TIME
        .with([system])
        .set(resources::unix_seconds());
    if let Some(limit) = limit {
        SYSTEM_LIMIT.with([system]).set(limit);
    }
}

/// Actors being started, and asked to stop.
static START: Site = Site::of_handle("lifecycle.start", Kind::Internal, &["kind"]);
static STOP: Site = Site::of_handle("lifecycle.stop", Kind::Internal, &["kind"]);

/// What happens to actors.
static STOPPED: Site = Site::of_events("lifecycle.stopped", &["kind", "reason"]);
static ERROR: Site = Site::of_events("lifecycle.error", &["kind", "action"]);

/// A kind of actors: looked up once for a component, and kept.
///
/// ```
/// use obs::host::actors::{ActorKind, StopReason};
///
/// let workers = obs::Component::register("shop/orders/1").scope(|| ActorKind::named("worker"));
/// let running = workers.spawn().ready();
/// // … what the actor does all its life …
/// running.stopped(StopReason::Normal);
/// ```
#[must_use = "a kind of actors records nothing by itself"]
#[derive(Debug, Clone, Copy)]
pub struct ActorKind {
    kind: Name,
    spawns: Counter<SpawnOutcome, Bound>,
    spawn_duration: Histogram<(), Seconds, Bound>,
    running: Gauge<(), Number, Bound>,
    stops: Counter<StopReason, Bound>,
    lifetime: Histogram<(), Seconds, Bound>,
    error_actions: Counter<ErrorAction, Bound>,
    shutdown_duration: Histogram<(), Seconds, Bound>,
}

impl ActorKind {
    /// Looks the kind up for the component that the thread is in.
    pub fn named(kind: &'static str) -> ActorKind {
        ActorKind {
            kind: Name::of(kind),
            spawns: SPAWNS.with([kind]),
            spawn_duration: SPAWN_DURATION.with([kind]),
            running: RUNNING.with([kind]),
            stops: STOPS.with([kind]),
            lifetime: LIFETIME.with([kind]),
            error_actions: ERROR_ACTIONS.with([kind]),
            shutdown_duration: SHUTDOWN_DURATION.with([kind]),
        }
    }

    /// Begins to start an actor, which is a span `lifecycle.start`.
    #[inline]
    pub fn spawn(self) -> Spawning {
        Spawning {
            kind: self,
            flight: self.shown(&START),
        }
    }

    /// Says what is done about an error of an actor: an event `lifecycle.error` of the span that the thread is in.
    #[inline]
    pub fn error(self, action: ErrorAction) {
        self.error_actions.with(action).inc();
        let action = ErrorAction::VALUES[action.index()];
        Context::current().event(&ERROR, &[self.kind.value(), action.value()]);
    }

    /// Asks an actor to stop, which is a span `lifecycle.stop`; it has when what this returns is dropped.
    #[inline]
    pub fn shutdown(self) -> Shutdown {
        Shutdown {
            kind: self,
            flight: self.shown(&STOP),
        }
    }

    fn shown(self, site: &'static Site) -> Flight {
        let flight = Flight::shown(site);
        flight.attributes(&[self.kind.value()]);
        flight
    }
}

/// An actor that is being started. Dropped before it is ready, it could not start.
#[derive(Debug)]
#[must_use = "the actor counts as not started as soon as this is dropped"]
pub struct Spawning {
    kind: ActorKind,
    flight: Flight,
}

impl Spawning {
    /// What happens until it is ready: see [`in_context`](crate::InContext::in_context).
    #[inline]
    pub fn context(&self) -> Context {
        self.flight.context()
    }

    /// Says that it is ready. It runs until what this returns is dropped.
    #[inline]
    pub fn ready(mut self) -> RunningActor {
        let now = self.flight.land();
        self.kind
            .spawn_duration
            .observe(self.flight.begun().until(now));
        self.kind.spawns.with(SpawnOutcome::Ok).inc();
        RunningActor {
            kind: self.kind,
            flight: Flight::unseen(now),
            _running: self.kind.running.in_flight(),
        }
    }
}

impl Drop for Spawning {
    fn drop(&mut self) {
        if self.flight.fail().is_some() {
            self.kind.spawns.with(SpawnOutcome::Error).inc();
        }
    }
}

/// An actor that runs: what is counted here goes down when it stops, however that happens. To be kept in the actor itself;
/// dropped without a reason it was killed, or panicked if the thread unwinds.
#[derive(Debug)]
#[must_use = "the actor counts as stopped as soon as this is dropped"]
pub struct RunningActor {
    kind: ActorKind,
    flight: Flight,
    _running: InFlight<Bound>,
}

impl RunningActor {
    /// Says why it stops: an event `lifecycle.stopped` of the span that the thread is in.
    #[inline]
    pub fn stopped(mut self, reason: StopReason) {
        let now = self.flight.land();
        self.record(reason, now);
    }

    fn record(&self, reason: StopReason, now: Moment) {
        self.kind.stops.with(reason).inc();
        self.kind.lifetime.observe(self.flight.begun().until(now));
        let reason = StopReason::VALUES[reason.index()];
        Context::current().event(&STOPPED, &[self.kind.kind.value(), reason.value()]);
    }
}

impl Drop for RunningActor {
    fn drop(&mut self) {
        match self.flight.crash() {
            None => {}
            Some((Unsaid::Panicked, now)) => self.record(StopReason::Panic, now),
            Some((Unsaid::Dropped, now)) => self.record(StopReason::Killed, now),
        }
    }
}

/// An actor that has been asked to stop, until this is dropped.
#[derive(Debug)]
#[must_use = "the actor counts as stopped as soon as this is dropped"]
pub struct Shutdown {
    kind: ActorKind,
    flight: Flight,
}

impl Shutdown {
    /// What happens meanwhile: see [`in_context`](crate::InContext::in_context).
    #[inline]
    pub fn context(&self) -> Context {
        self.flight.context()
    }
}

impl Drop for Shutdown {
    fn drop(&mut self) {
        let now = self.flight.let_go();
        let took = self.flight.begun().until(now);
        self.kind.shutdown_duration.observe(took);
    }
}
