//! Traces: the thread that collects and judges them, the one that stores them, and what others ask of both.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use obs::collector::Spans;
use obs::collector::spans::{Anchor, Drained, What};

use super::reader::TraceReader;
use super::{accounts, join, start_thread};
use crate::Error;
use crate::collect::traces::{Collected, Collection, Counts, Judging, Names, own};
use crate::config::Tracing;
use crate::evaluate::traces::{Judge, OfSpans};
use crate::model::exemplars::Exemplars;
use crate::model::trace::{Kept, Outline, Policy};
use crate::store::Database;
use crate::store::traces::Traces;

/// How often rings are looked at. More often means shorter rings, less means less work; a ring that is half full asks for it.
const ROUND: Duration = Duration::from_millis(50);
/// The same while nothing is recorded.
const IDLE_ROUND: Duration = Duration::from_millis(250);
/// How often the cost of a span is measured.
const MEASURE_EVERY: u64 = 20;

/// The threads, and what they share.
#[derive(Debug)]
pub(super) struct Tracer {
    shared: Arc<Shared>,
    reader: TraceReader,
    collect: Option<JoinHandle<()>>,
    store: Option<JoinHandle<()>>,
}

/// What both threads share with those who ask.
pub(crate) struct Shared {
    state: Mutex<State>,
    pub(super) traces: Arc<Traces>,
    pub(super) settings: Tracing,
    /// Whether traces are written to a file.
    pub(super) is_durable: bool,
    /// When it was started: nanoseconds since 1970.
    pub(super) since_ns: u64,
    /// What runtimes received that were there before.
    pub(super) earlier: OfSpans,
    stop: AtomicBool,
}

/// What the collecting thread works on.
pub(super) struct State {
    pub(super) spans: Spans,
    pub(super) collection: Collection,
    pub(super) judge: Judge,
    pub(super) names: Names,
    /// Why traces were kept: how many, and how many these stand for.
    pub(super) kept: BTreeMap<Policy, (u64, f64)>,
    exemplars: Arc<Exemplars>,
    rounds: u64,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

impl Tracer {
    /// Starts to collect. `None` where somebody else in the process does already.
    pub(super) fn start(
        settings: &Tracing,
        database: Option<Arc<Database>>,
        exemplars: Arc<Exemplars>,
    ) -> Result<Option<Tracer>, Error> {
        let Some(spans) = Spans::acquire(settings.ring_slots) else {
            return Ok(None);
        };
        for (names, share) in &settings.shares {
            spans.set_share(names, *share);
        }
        for names in &settings.without {
            spans.switch(names, false);
        }
        let (since_ns, is_durable) = (now_ns(), database.is_some());
        own::begin();
        let traces = Arc::new(Traces::new(settings.retention, database, since_ns));
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                spans,
                collection: Collection::new(settings.limits),
                judge: Judge::new(settings.rates),
                names: Names::default(),
                kept: BTreeMap::new(),
                exemplars,
                rounds: 0,
            }),
            traces: traces.clone(),
            settings: settings.clone(),
            is_durable,
            since_ns,
            earlier: accounts::earlier(),
            stop: AtomicBool::new(false),
        });
        let mut tracer = Tracer {
            shared: shared.clone(),
            reader: TraceReader::new(shared.clone()),
            collect: None,
            store: None,
        };
        tracer.store = Some(start_thread("obs-store", move || traces.run(now_ns))?);
        tracer.collect = Some(start_thread("obs-traces", move || shared.collect())?);
        Ok(Some(tracer))
    }

    /// What others ask.
    pub(super) fn reader(&self) -> TraceReader {
        self.reader.clone()
    }

    /// Takes in what there is, ends what is under way, and writes what waits.
    pub(super) fn end(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        if let Some(collect) = self.collect.take() {
            collect.thread().unpark();
            join(collect);
        }
        self.shared.traces.close();
        if let Some(store) = self.store.take() {
            join(store);
        }
        // Nobody else holds rings and the file from here on: another runtime can start.
        self.reader.close();
    }
}

impl Drop for Tracer {
    fn drop(&mut self) {
        self.end();
    }
}

impl Shared {
    /// What the collecting thread works on; it waits meanwhile.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn collect(&self) {
        self.state().spans.wake(thread::current());
        loop {
            let stopping = self.stop.load(Ordering::Acquire);
            let begun = Instant::now();
            let records = self.state().round(&self.traces, begun);
            own::record_round(begun.elapsed());
            if stopping {
                break;
            }
            thread::park_timeout(if records == 0 { IDLE_ROUND } else { ROUND });
        }
        let mut state = self.state();
        state.finish(&self.traces);
        accounts::remember(&state.counts());
    }

    /// Takes in what was recorded before this call, and works out what is complete.
    pub(crate) fn look(&self) {
        self.state().round(&self.traces, Instant::now());
    }
}

impl State {
    /// Looks at all rings; returns how many records there were.
    fn round(&mut self, traces: &Traces, now: Instant) -> u64 {
        self.rounds += 1;
        if self.rounds.is_multiple_of(MEASURE_EVERY) {
            own::record_overhead(measure());
        }
        let anchor = Anchor::now();
        // Twice: what was recorded before a root ended is in one of the rings when its end has been seen. Traces are complete at once,
        // while what is known of them is near.
        let records = self.look(traces, now, &anchor);
        self.collection.looked();
        let records = records + self.look(traces, now, &anchor);
        self.settle(traces, now, &Anchor::now(), Collection::complete);
        records
    }

    /// Takes in what is in all rings, and works out what is complete whatever is in the others; returns how many records there were.
    fn look(&mut self, traces: &Traces, now: Instant, anchor: &Anchor) -> u64 {
        let State {
            spans,
            collection,
            judge,
            names,
            kept,
            exemplars,
            ..
        } = self;
        for touched in spans.touched() {
            collection.touch(touched.as_deref());
        }
        let mut unknown = Vec::new();
        let mut last_component = 0;
        spans.drain_in_parts(|drained| match drained {
            Drained::Record(record) => match record.what() {
                What::Thread => names.thread(record.new_thread(), &record.text()),
                What::Gap => collection.lost(record),
                what => {
                    if matches!(what, What::End | What::Start)
                        && record.component() != last_component
                    {
                        last_component = record.component();
                        if !names.knows(last_component) && !unknown.contains(&last_component) {
                            unknown.push(last_component);
                        }
                    }
                    collection.take(record, now);
                }
            },
            Drained::Part { spans, is_whole } => {
                names.refresh(spans);
                for component in unknown.drain(..) {
                    names.learn(component, spans);
                }
                let judging = &mut judging(judge, names, kept, exemplars, traces, now);
                collection.complete_whole(is_whole, now, anchor, judging);
            }
        })
    }

    /// Nothing will be recorded any more: what is live is as complete as it will be.
    fn finish(&mut self, traces: &Traces) {
        let now = Instant::now();
        self.round(traces, now);
        self.settle(traces, now, &Anchor::now(), Collection::complete_all);
    }

    /// Judges what a collection says is complete, and counts what became of it.
    fn settle(
        &mut self,
        traces: &Traces,
        now: Instant,
        anchor: &Anchor,
        complete: impl FnOnce(&mut Collection, Instant, &Anchor, Judging<'_>),
    ) {
        let State {
            spans,
            collection,
            judge,
            names,
            kept,
            exemplars,
            ..
        } = self;
        let judging = &mut judging(judge, names, kept, exemplars, traces, now);
        complete(collection, now, anchor, judging);
        own::record(&spans.stats(), &collection.counts(), collection.live());
    }

    /// What was counted of traces.
    pub(super) fn counts(&self) -> Counts {
        self.collection.counts()
    }
}

/// Judges what is complete, and counts what becomes of it.
fn judging(
    judge: &mut Judge,
    names: &Names,
    kept: &mut BTreeMap<Policy, (u64, f64)>,
    exemplars: &Exemplars,
    traces: &Traces,
    now: Instant,
) -> impl FnMut(&Outline<'_>, &Collected<'_>) -> Option<Kept> {
    move |outline, collected| {
        let why = decide(judge, names, outline, collected, traces, now)?;
        collected.exemplars(|owner, cell, exemplar| exemplars.remember(owner, cell, exemplar));
        count(kept, why, collected);
        Some(why)
    }
}

/// Judges a trace, and keeps it if that is what comes of it.
fn decide(
    judge: &mut Judge,
    names: &Names,
    outline: &Outline<'_>,
    collected: &Collected<'_>,
    traces: &Traces,
    now: Instant,
) -> Option<Kept> {
    if outline
        .root
        .is_some_and(|root| own::is_measured(root.operation, names))
    {
        return None;
    }
    let late = collected.late_for();
    let kept = judge.judge(outline, late, now)?;
    if let Some(trace) = collected.trace(kept, names) {
        // A trace comes in parts, each with a root of its own, where its caller calls this process more than once.
        match late.is_some() || traces.has_part_of(trace.id) {
            true => traces.keep_late(trace),
            false => traces.keep(Arc::new(trace)),
        }
    }
    Some(kept)
}

fn count(kept: &mut BTreeMap<Policy, (u64, f64)>, why: Kept, collected: &Collected<'_>) {
    if collected.late_for().is_none() {
        let (traces, stand_for) = kept.entry(why.policy).or_default();
        *traces += 1;
        *stand_for += why.weight;
    }
}

/// How long it takes to start a span and to end it.
fn measure() -> Duration {
    let watch = obs::clock::Stopwatch::start();
    drop(obs::span!("obs.measure", root));
    watch.elapsed()
}

/// Nanoseconds since 1970.
pub(super) fn now_ns() -> u64 {
    let unix = SystemTime::now().duration_since(UNIX_EPOCH);
    unix.map_or(0, |unix| u64::try_from(unix.as_nanos()).unwrap_or(u64::MAX))
}
