//! Installation, updates, rollbacks, and the state that a component is in.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use super::flight::{Flight, Timed};
use super::{BuildOutcome, DURATIONS};
use crate::span::{Site, Written};
use crate::{
    AttributeValue, Component, Context, Counter, Gauge, Histogram, InFlight, Info, Kind,
    LabelValue, Moment, StateSet, counter, gauge, histogram,
};

/// Installations of the component, by source and outcome.
pub static INSTALLATIONS: Counter<(Source, BuildOutcome)> = counter!(
    "component_installations_total",
    "Installations of the component, by source and outcome.",
    labels(source: Source, outcome: BuildOutcome),
);

/// Time that each phase of an installation took.
pub static INSTALLATION_DURATION: Histogram<(Source, Phase)> = histogram!(
    "component_installation_duration_seconds",
    "Time that each phase of an installation took.",
    labels(source: Source, phase: Phase),
    bounds = DURATIONS,
);

/// Components by state of their lifecycle.
pub static INSTALLED: Gauge<State> = gauge!(
    "components_installed",
    "Components by state of their lifecycle.",
    labels(state: State),
    scope = process,
);

/// Updates of the component, by strategy and outcome.
pub static UPDATES: Counter<(UpdateStrategy, BuildOutcome)> = counter!(
    "component_updates_total",
    "Updates of the component, by strategy and outcome.",
    labels(strategy: UpdateStrategy, outcome: BuildOutcome),
);

/// Time from the start of an update to the new version's serving.
pub static UPDATE_DURATION: Histogram<UpdateStrategy> = histogram!(
    "component_update_duration_seconds",
    "Time from the start of an update to the new version's serving.",
    labels(strategy: UpdateStrategy),
    bounds = DURATIONS,
);

/// Returns to the version before, by cause and outcome.
pub static ROLLBACKS: Counter<(RollbackCause, BuildOutcome)> = counter!(
    "component_rollbacks_total",
    "Returns to the version before, by cause and outcome.",
    labels(cause: RollbackCause, outcome: BuildOutcome),
);

/// Time from the start of a rollback to the old version's serving.
pub static ROLLBACK_DURATION: Histogram = histogram!(
    "component_rollback_duration_seconds",
    "Time from the start of a rollback to the old version's serving.",
    bounds = DURATIONS,
);

/// Updates that worked, as a share of all. Computed when merged.
pub static UPDATE_SUCCESS: Gauge = gauge!(
    "component_update_success_ratio",
    "Updates that worked, as a share of all. Computed when merged.",
);

/// What the component is: the parts of its name, the version that it runs, and the hash of that.
pub static INFO: Info<5> = gauge!(
    "component_info",
    "What the component is: the parts of its name, the version that it runs, and the hash of that.",
    info(namespace, name, instance, version, hash),
);

/// The state that the component is in.
pub static STATE: StateSet<State> = gauge!(
    "component_state",
    "The state that the component is in.",
    states = State,
);

/// Changes of the component's state.
pub static TRANSITIONS: Counter<(State, State)> = counter!(
    "component_lifecycle_transitions_total",
    "Changes of the component's state.",
    labels(from: State, to: State),
);

/// Where a component comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum Source {
    /// A file.
    File,
    /// An address on the network.
    Url,
    /// A git repository.
    Git,
}

/// A phase of an installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum Phase {
    /// Getting the component.
    Fetch,
    /// Checking it.
    Verify,
    /// Compiling it.
    Compile,
    /// Making it known.
    Register,
}

/// The state of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum State {
    /// Being installed.
    Installing,
    /// Installed and not started.
    Installed,
    /// Being started.
    Starting,
    /// Doing its work.
    Running,
    /// Being replaced by another version.
    Updating,
    /// Being stopped.
    Stopping,
    /// Stopped, to be started again.
    Stopped,
    /// Broken: installation, start or update failed.
    Failed,
    /// Being removed.
    Uninstalling,
}

/// How one version takes the place of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum UpdateStrategy {
    /// The old one stops, the new one starts.
    StopStart,
    /// The new one starts beside the old one, and takes over at once.
    BlueGreen,
    /// The new one takes over little by little.
    Canary,
}

/// Why a version is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum RollbackCause {
    /// It is not healthy.
    Health,
    /// Somebody wants it.
    Manual,
    /// The update to it failed.
    FailedUpdate,
}

/// Spans of what happens to components.
static INSTALL: Site = Site::of_handle("lifecycle.install", Kind::Internal, &["source"]);
static UPDATE: Site = Site::of_handle("lifecycle.update", Kind::Internal, &["strategy"]);
static ROLLBACK: Site = Site::of_handle("lifecycle.rollback", Kind::Internal, &["cause"]);
static RESTART: Site = Site::of_handle("lifecycle.restart", Kind::Internal, &["error"]);

/// Spans of phases.
static PHASES: [Site; 4] = [
    Site::of_handle("lifecycle.fetch", Kind::Internal, &[]),
    Site::of_handle("lifecycle.verify", Kind::Internal, &[]),
    Site::of_handle("lifecycle.compile", Kind::Internal, &[]),
    Site::of_handle("lifecycle.register", Kind::Internal, &[]),
];

/// Changes of state.
static TURN: Site = Site::of_events("lifecycle.turn", &["from", "to"]);

/// Says what the component is that the thread is in, of which the name alone is known: `namespace/name/instance`, or less.
pub fn identify(version: &str, hash: &str) {
    let whole = Component::current().and_then(Component::name);
    let mut parts = whole.as_deref().unwrap_or_default().splitn(3, '/');
    let mut part = || parts.next().unwrap_or_default();
    match [part(), part(), part()] {
        [name, "", ""] => INFO.set(["", name, "", version, hash]),
        [namespace, name, instance] => INFO.set([namespace, name, instance, version, hash]),
    }
}

/// The state of one component: shown by [`STATE`], counted among [`INSTALLED`] by it, and each change of it in
/// [`TRANSITIONS`], and as an event `lifecycle.turn` of the span that it happens in.
#[derive(Debug)]
pub struct Lifecycle {
    component: Component,
    /// The state, with what counts it.
    state: Mutex<(State, InFlight)>,
}

impl Lifecycle {
    /// A component whose installation begins.
    pub fn installing(component: Component) -> Lifecycle {
        Lifecycle {
            component,
            state: Mutex::new(Lifecycle::entered(component, State::Installing)),
        }
    }

    fn entered(component: Component, state: State) -> (State, InFlight) {
        component.scope(|| STATE.set(state));
        (state, INSTALLED.with(state).in_flight())
    }

    /// Says that the component is in another state now; returns the one before.
    pub fn turn(&self, to: State) -> State {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let from = state.0;
        if from != to {
            *state = Lifecycle::entered(self.component, to);
            self.component.scope(|| TRANSITIONS.with((from, to)).inc());
            let states = [from, to].map(|state| State::VALUES[state.index()]);
            let [from, to] = states.each_ref().map(AttributeValue::value);
            Context::current().event(&TURN, &[from, to]);
        }
        from
    }

    /// The state that the component is in.
    pub fn state(&self) -> State {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).0
    }
}

/// An installation: a span `lifecycle.install`. Dropped without an end it failed.
#[derive(Debug)]
#[must_use = "the installation counts as failed as soon as the guard is dropped"]
pub struct Installation {
    flight: Flight,
    source: Source,
}

impl Installation {
    /// Begins to install a component from there.
    pub fn start(source: Source) -> Installation {
        let flight = Flight::shown(&INSTALL);
        flight.attributes(&[Source::VALUES[source.index()].value()]);
        Installation { flight, source }
    }

    /// What happens meanwhile: see [`in_context`](crate::InContext::in_context).
    pub fn context(&self) -> Context {
        self.flight.context()
    }

    /// Begins a phase, which is a span `lifecycle.fetch` and so on; it ends when what this returns is dropped.
    pub fn phase(&self, phase: Phase) -> Timed {
        let series = INSTALLATION_DURATION.with((self.source, phase));
        let begin = || Timed::start(&PHASES[phase.index()], series);
        self.context().scope(begin)
    }

    /// Says that it ended as its result says.
    pub fn end<T, E>(mut self, result: &Result<T, E>) {
        let outcome = BuildOutcome::of(result);
        self.flight.land_with(outcome, outcome == BuildOutcome::Ok);
        INSTALLATIONS.with((self.source, outcome)).inc();
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        if self.flight.fail().is_some() {
            INSTALLATIONS.with((self.source, BuildOutcome::Error)).inc();
        }
    }
}

/// An update, or the way back from one: from its start until the version that is wanted serves, a span `lifecycle.update` or
/// `lifecycle.rollback`. Dropped without an end it failed.
#[derive(Debug)]
#[must_use = "it counts as failed as soon as the guard is dropped"]
pub struct Change {
    flight: Flight,
    kind: ChangeKind,
}

#[derive(Debug, Clone, Copy)]
enum ChangeKind {
    Update(UpdateStrategy),
    Rollback(RollbackCause),
}

impl Change {
    /// Begins an update.
    pub fn update(strategy: UpdateStrategy) -> Change {
        Change::start(ChangeKind::Update(strategy))
    }

    /// Begins the way back.
    pub fn rollback(cause: RollbackCause) -> Change {
        Change::start(ChangeKind::Rollback(cause))
    }

    fn start(kind: ChangeKind) -> Change {
        let (site, word) = match kind {
            ChangeKind::Update(strategy) => (&UPDATE, UpdateStrategy::VALUES[strategy.index()]),
            ChangeKind::Rollback(cause) => (&ROLLBACK, RollbackCause::VALUES[cause.index()]),
        };
        let flight = Flight::shown(site);
        flight.attributes(&[word.value()]);
        Change { flight, kind }
    }

    /// What happens meanwhile: see [`in_context`](crate::InContext::in_context).
    pub fn context(&self) -> Context {
        self.flight.context()
    }

    /// Says that it ended as its result says.
    pub fn end<T, E>(mut self, result: &Result<T, E>) {
        let outcome = BuildOutcome::of(result);
        let now = self.flight.land_with(outcome, outcome == BuildOutcome::Ok);
        self.record(outcome, now);
    }

    fn record(&self, outcome: BuildOutcome, now: Moment) {
        let took = self.flight.begun().until(now);
        match self.kind {
            ChangeKind::Update(strategy) => {
                UPDATE_DURATION.with(strategy).observe(took);
                UPDATES.with((strategy, outcome)).inc();
            }
            ChangeKind::Rollback(cause) => {
                ROLLBACK_DURATION.observe(took);
                ROLLBACKS.with((cause, outcome)).inc();
            }
        }
    }
}

impl Drop for Change {
    fn drop(&mut self) {
        if let Some(now) = self.flight.fail() {
            self.record(BuildOutcome::Error, now);
        }
    }
}

/// A restart of something that failed: a span `lifecycle.restart` that says what was wrong, in a trace that is kept. No standard
/// metric counts restarts: what is started again says so itself. Dropped without an end it failed.
#[derive(Debug)]
#[must_use = "it counts as failed as soon as the guard is dropped"]
pub struct Restart {
    flight: Flight,
}

impl Restart {
    /// Begins to start anew what failed in that span.
    pub fn start(failed: Context, error: impl fmt::Display) -> Restart {
        let flight = Flight::shown(&RESTART);
        if flight.is_recorded() {
            flight.attributes(&[Written::of(format_args!("{error}")).value()]);
            // What it is a part of needs no link.
            if failed != Context::current() {
                flight.context().link(failed);
            }
            flight.context().keep_trace();
        }
        Restart { flight }
    }

    /// What happens meanwhile: see [`in_context`](crate::InContext::in_context).
    pub fn context(&self) -> Context {
        self.flight.context()
    }

    /// Says that it ended as its result says.
    pub fn end<T, E>(mut self, result: &Result<T, E>) {
        let outcome = BuildOutcome::of(result);
        self.flight.land_with(outcome, outcome == BuildOutcome::Ok);
    }
}

impl Drop for Restart {
    fn drop(&mut self) {
        self.flight.fail();
    }
}
