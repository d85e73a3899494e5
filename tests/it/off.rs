//! Compiled out, nothing of obs is left. Runs with `RUSTFLAGS="--cfg obs_off"`; empty otherwise.
#![cfg(obs_off)]

use std::time::Duration;

use obs::{
    Around, Bound, Carrier, Component, Context, Counter, Dynamic, Edge, Entered, ErrorLabel,
    ExponentialHistogram, Gauge, Histogram, InComponent, InContext, InFlight, Info, LabelValue,
    Number, ObservedCounter, ObservedGauge, OpenSpan, Span, StateSet, Summary, Timer, WithContext,
    Within, counter, event, gauge, histogram, instrumented, span, summary,
};

#[derive(Clone, Copy, LabelValue)]
enum Outcome {
    Ok,
    Failed,
}

static JOBS: Counter<Outcome> = counter!("jobs_total", "Jobs.", labels(outcome: Outcome));
static SPENT: Counter = counter!("spent_seconds_total", "Time spent.");
static LEVEL: Gauge = gauge!("level", "Level.", labels(kind = "x"), zero);
static TOOK: Histogram = histogram!("took_seconds", "Time.");
static SIZE: Histogram<(), Number> = histogram!("size_bytes", "Size.", bounds = [1]);
static STATE: StateSet<Outcome> = gauge!("state", "State.", states = Outcome);
static TOLD: ObservedGauge = gauge!("told", "Told.", observed = || 5);
static WATCHED: ObservedCounter = counter!("watched_total", "Watched.", observed);
static TEXTS: Dynamic<Counter, 2> =
    counter!("texts_total", "Texts.", dynamic(a, b), max_series = 5);
static BUILD: Info<1> = gauge!("build_info", "Build.", info(version));
static CALL: Summary = summary!("call_seconds", "Time.", quantiles = [0.5]);
static LOAD: ExponentialHistogram<(), Number> =
    histogram!("load_bytes", "Sizes.", exponential, range = [1, 8]);

#[test]
fn handles_and_guards_take_no_memory() {
    assert_eq!(size_of::<Counter<Outcome>>(), 0);
    assert_eq!(
        size_of::<Gauge>() + size_of::<Histogram>() + size_of::<Histogram<(), Number>>(),
        0
    );
    assert_eq!(
        size_of::<ObservedGauge>()
            + size_of::<ObservedCounter>()
            + size_of::<Summary>()
            + size_of::<StateSet<bool>>()
            + size_of::<ExponentialHistogram<(), Number>>(),
        0
    );
    assert_eq!(
        size_of::<Component>() + size_of::<Entered>() + size_of::<InFlight>() + size_of::<Timer>(),
        0
    );
    assert_eq!(
        size_of::<Within<std::future::Ready<u8>>>(),
        size_of::<std::future::Ready<u8>>()
    );
    assert_eq!(
        size_of::<Span>() + size_of::<OpenSpan>() + size_of::<Context>() + size_of::<Carrier>(),
        0
    );
    assert_eq!(
        size_of::<Around<std::future::Ready<u8>>>()
            + size_of::<WithContext<std::future::Ready<u8>>>(),
        2 * size_of::<std::future::Ready<u8>>()
    );
}

const NAME: &str = "named elsewhere";

#[tokio::test]
async fn spans_are_checked_and_forgotten() {
    let never = || -> u8 { panic!("values are not evaluated") };
    let carrier = Carrier::of(Context::current(), Edge::Call);
    {
        let span = span!(NAME, kind = server, parent = carrier, n = never(), shown = %never());
        event!("happened", parent = span.context(), debugged = ?never());
        span.set("key", "value");
        span.link(Context::NONE);
        span.keep_trace();
        span.ok();
        span.error("it failed");
        assert!(!span.is_recorded());
    }
    let open = span!("open", root).detach();
    open.set("key", 7);
    open.ok();
    open.error("it failed");
    assert_eq!(open.scope(|| 7), 7);
    drop(open.enter());
    assert!(!open.is_recorded());
    assert_eq!(open.around(async { 7 }).await, 7);
    let context = Carrier::ask().context();
    context.set("key", Some(7));
    context.error("it failed");
    assert_eq!((context.trace_id(), context.span_id()), (0, 0));
    assert!(!context.is_some() && !context.is_recorded());
    drop(context.enter());
    assert_eq!(context.scope(|| 7), 7);
    let inside = async { 7 }.in_context(Carrier::tell().context());
    assert_eq!(inside.in_current_context().await, 7);
    assert_eq!(span!("around", detached).around(async { 7 }).await, 7);
}

#[test]
fn every_verb_is_there_and_does_nothing() {
    let component = Component::register("off");
    component.scope(|| {
        JOBS.with(Outcome::Ok).inc();
        let texts: Counter<(), Bound> = TEXTS.with(["a", "b"]);
        texts.inc();
        BUILD.set(["1"]);
        JOBS.with(Outcome::Failed).inc_by(2);
        SPENT.inc();
        SPENT.inc_by_duration(Duration::from_secs(1));
        LEVEL.set(1.5);
        LEVEL.inc();
        LEVEL.dec_by(3);
        let _running = LEVEL.in_flight();
        TOOK.observe(Duration::from_secs(1));
        TOOK.observe_seconds(0.5);
        SIZE.observe(3.0);
        STATE.set(Outcome::Ok);
        drop(TOLD.watch(|| 0.5));
        WATCHED.watch(|| 7u64).detach();
        CALL.observe(Duration::from_secs(1));
        CALL.start_timer_one_in(16).discard();
        LOAD.observe(3.0);
        assert_eq!(TOOK.start_timer().stop(), None);
        TOOK.start_timer_one_in(16).discard();
    });
    assert_eq!((Component::current(), component.name()), (None, None));
    component.retire();
}

#[test]
fn the_handles_of_a_host_record_nothing() {
    use obs::host::messages::{MessageOutcome, MessageType};
    use obs::host::operations::{FileOperation, OperationGuard};

    let component = Component::register("off");
    MessageType::named("order").start().end(MessageOutcome::Ok);
    OperationGuard::start(FileOperation::Read).end(&Ok::<_, ()>(()));
    drop(obs::host::mailbox::Stamp::new(component));
    assert_eq!(size_of::<obs::Moment>() + size_of::<MessageType>(), 0);
    assert_eq!(
        size_of::<obs::host::Metered<std::future::Ready<u8>>>(),
        size_of::<std::future::Ready<u8>>()
    );
}

#[test]
fn the_catalogue_is_empty() {
    assert!(obs::catalogue::catalogue().metrics.is_empty());
}

#[derive(Debug, PartialEq, ErrorLabel)]
enum Failure {
    Absent,
}

const PREFIX: &str = "off";
const BOUNDS: &[f64] = &[0.5, 1.0];

#[instrumented(
    component = component,
    prefix = PREFIX,
    bounds = BOUNDS,
    labels(outcome_before: Outcome = outcome, kind = "x"),
    in_flight,
    errors = Failure,
    span(NAME, kind = client, parent = Context::NONE, before = ?component),
    tracing(err = "warn", ret = "debug")
)]
fn with_everything(component: Component, outcome: Outcome) -> Result<(), Failure> {
    match outcome {
        Outcome::Ok => Ok(()),
        Outcome::Failed => Err(Failure::Absent),
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("absent")
    }
}

struct Store(Component);

#[instrumented(component = self.0, polls, busy, span)]
impl Store {
    #[instrumented(skip)]
    const fn new(component: Component) -> Self {
        Store(component)
    }

    #[instrumented(err_if = |number| *number == 0)]
    async fn get(&self) -> u8 {
        7
    }
}

#[tokio::test]
async fn every_argument_is_looked_at_and_forgotten() {
    let component = Component::register("off");
    assert_eq!(with_everything(component, Outcome::Ok), Ok(()));
    assert_eq!(
        with_everything(component, Outcome::Failed),
        Err(Failure::Absent)
    );
    assert_eq!(Store::new(component).get().await, 7);
}

#[instrumented(component = component, in_flight, span("off", first = bytes[0]))]
async fn instrumented_and_off(component: Component, bytes: [u8; 512]) -> Result<u8, ()> {
    std::future::ready(()).await;
    Ok(bytes[0])
}

async fn plain(component: Component, bytes: [u8; 512]) -> Result<u8, ()> {
    let _ = component;
    std::future::ready(()).await;
    Ok(bytes[0])
}

#[tokio::test]
async fn an_instrumented_function_is_the_plain_one() {
    let component = Component::register("off");
    let (with, without) = (
        instrumented_and_off(component, [7; 512]),
        plain(component, [7; 512]),
    );
    assert_eq!(size_of_val(&with), size_of_val(&without));
    assert_eq!(with.in_component(component).await, Ok(7));
    assert_eq!(without.await, Ok(7));
}
