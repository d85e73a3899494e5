//! Actors, from spawn to stop.

use super::flight::{Flight, Unsaid};
use super::{DURATIONS, LIFETIMES, resources};
use crate::{Counter, Gauge, Histogram, InFlight, LabelValue, counter, gauge, histogram};

/// Actors started for the component, by whether they came up.
pub static SPAWNS: Counter<SpawnOutcome> = counter!(
    "actor_spawns_total",
    "Actors started for the component, by whether they came up.",
    labels(outcome: SpawnOutcome),
);

/// Time from spawning an actor to its being ready.
pub static SPAWN_DURATION: Histogram = histogram!(
    "actor_spawn_duration_seconds",
    "Time from spawning an actor to its being ready.",
    bounds = DURATIONS,
);

/// Actors that have started and not stopped.
pub static RUNNING: Gauge = gauge!(
    "actors_running",
    "Actors that have started and not stopped.",
    scope = process,
);

/// Actors of the component that stopped, by reason.
pub static STOPS: Counter<StopReason> = counter!(
    "actor_stops_total",
    "Actors of the component that stopped, by reason.",
    labels(reason: StopReason),
);

/// Time from the start of an actor to its stop.
pub static LIFETIME: Histogram = histogram!(
    "actor_lifetime_seconds",
    "Time from the start of an actor to its stop.",
    scope = process,
    bounds = LIFETIMES,
);

/// What was done about an error of an actor.
pub static ERROR_ACTIONS: Counter<ErrorAction> = counter!(
    "actor_error_actions_total",
    "What was done about an error of an actor.",
    labels(action: ErrorAction),
);

/// Time from asking an actor to stop to its having stopped.
pub static SHUTDOWN_DURATION: Histogram = histogram!(
    "actor_shutdown_duration_seconds",
    "Time from asking an actor to stop to its having stopped.",
    scope = process,
    bounds = DURATIONS,
);

/// Unix time at which the actor system was made.
pub static SYSTEM_START_TIME: Gauge = gauge!(
    "actor_system_start_time_seconds",
    "Unix time at which the actor system was made.",
    scope = process,
);

/// Time since the actor system was made. Computed when merged.
pub static SYSTEM_UPTIME: Gauge = gauge!(
    "actor_system_uptime_seconds",
    "Time since the actor system was made. Computed when merged.",
    scope = process,
);

/// Actors that the system may have.
pub static SYSTEM_LIMIT: Gauge = gauge!(
    "actor_system_limit",
    "Actors that the system may have.",
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

/// Says that an actor system has been made, and how many actors it may have.
pub fn system_started(limit: Option<usize>) {
    SYSTEM_START_TIME.set(resources::unix_seconds());
    if let Some(limit) = limit {
        SYSTEM_LIMIT.set(limit);
    }
}

/// An actor that is being started. Dropped before it is ready, it could not start.
#[derive(Debug)]
#[must_use = "the actor counts as not started as soon as this is dropped"]
pub struct Spawning {
    flight: Flight,
}

impl Spawning {
    /// Begins to start an actor.
    #[inline]
    pub fn start() -> Spawning {
        Spawning {
            flight: Flight::start(),
        }
    }

    /// Says that it is ready. It runs until what this returns is dropped.
    #[inline]
    pub fn ready(mut self) -> RunningActor {
        self.flight.land();
        SPAWN_DURATION.observe(self.flight.begun().elapsed());
        SPAWNS.with(SpawnOutcome::Ok).inc();
        RunningActor {
            flight: Flight::start(),
            _running: RUNNING.in_flight(),
        }
    }
}

impl Drop for Spawning {
    fn drop(&mut self) {
        if self.flight.unsaid().is_some() {
            SPAWNS.with(SpawnOutcome::Error).inc();
        }
    }
}

/// An actor that runs: what is counted here goes down when it stops, however that happens. To be kept in the actor itself and
/// dropped inside its component; dropped without a reason it was killed, or panicked if the thread unwinds.
#[derive(Debug)]
#[must_use = "the actor counts as stopped as soon as this is dropped"]
pub struct RunningActor {
    flight: Flight,
    _running: InFlight,
}

impl RunningActor {
    /// Says why it stops.
    #[inline]
    pub fn stopped(mut self, reason: StopReason) {
        self.flight.land();
        self.record(reason);
    }

    fn record(&self, reason: StopReason) {
        STOPS.with(reason).inc();
        LIFETIME.observe(self.flight.begun().elapsed());
    }
}

impl Drop for RunningActor {
    fn drop(&mut self) {
        match self.flight.unsaid() {
            None => {}
            Some(Unsaid::Panicked) => self.record(StopReason::Panic),
            Some(Unsaid::Dropped) => self.record(StopReason::Killed),
        }
    }
}
