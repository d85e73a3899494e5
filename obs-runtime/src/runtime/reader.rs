//! What a runtime answers about traces, over HTTP and to the program itself.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use obs::collector::spans::{Anchor, Record};

use super::traces::{Shared, State, now_ns};
use crate::answer::traces::{Shelf, Whole};
use crate::collect::traces::open_span;
use crate::evaluate::bottlenecks::Operation;
use crate::evaluate::traces::{Accounting, Names, OpenSpans, Profile};
use crate::model::Stopped;
use crate::model::trace::{Policy, Span, Trace, TraceId};
use crate::query::traces::{Found, KeptBy, Query, Received, Search};
use crate::serve::traces::{LEAST_DIGITS, NoTrace, Source};

/// How many traces that begin with the same digits are named.
const MOST_CANDIDATES: usize = 5;

/// Asks a running [`Runtime`](crate::Runtime) about its traces: what the HTTP API answers, for the program itself and its tests.
///
/// Each question may take a while: do not ask from a task. Once the runtime is shut down there are no answers; while one is
/// worked out, shutting down waits for it.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use obs_runtime::query::traces::Search;
///
/// let runtime = obs_runtime::Runtime::builder().no_server().start()?;
/// drop(obs::span!("checkout"));
/// let traces = runtime.traces().expect("traces are on");
/// traces.look();
/// let search = Search { query: "op:checkout".parse()?, ..Search::default() };
/// let found = traces.search(&search).expect("the runtime is there");
/// assert_eq!(found.traces.len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct TraceReader {
    /// What is asked; nothing once the runtime is shut down. Questions hold it while they are worked out.
    gate: Arc<RwLock<Option<Arc<Shared>>>>,
}

impl TraceReader {
    pub(super) fn new(shared: Arc<Shared>) -> TraceReader {
        TraceReader {
            gate: Arc::new(RwLock::new(Some(shared))),
        }
    }

    /// Waits for questions that are being worked out, and answers no more.
    pub(super) fn close(&self) {
        self.gate
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
    }

    fn ask<T>(&self, question: impl FnOnce(&Shared) -> T) -> Result<T, Stopped> {
        let gate = self.gate.read().unwrap_or_else(PoisonError::into_inner);
        gate.as_deref().map(question).ok_or(Stopped)
    }

    /// Takes in what was recorded before this call, so that the other questions speak of it too: traces whose root has ended, and
    /// of which no span is open, are complete then.
    pub fn look(&self) {
        let _ = self.ask(Shared::look);
    }

    /// Searches all kept traces.
    ///
    /// # Errors
    ///
    /// [`Stopped`] once the runtime is shut down.
    pub fn search(&self, search: &Search) -> Result<Found, Stopped> {
        self.ask(|shared| {
            let received = received(&shared.state());
            search.run(&shared.traces, received, now_ns())
        })
    }

    /// Returns a trace by its id, or by at least the first four digits of it: kept, or as it is so far.
    ///
    /// # Errors
    ///
    /// [`NoTrace`] says why there is none.
    pub fn get(&self, id: &str) -> Result<Whole, NoTrace> {
        self.ask(|shared| shared.get(id))?
    }

    /// Returns what is under way.
    ///
    /// # Errors
    ///
    /// [`Stopped`] once the runtime is shut down.
    pub fn open(&self) -> Result<OpenSpans, Stopped> {
        self.ask(|shared| {
            let anchor = Anchor::now();
            shared.open(&anchor, anchor.unix_ns())
        })
    }

    /// Returns what is under way, as if it were that moment, in nanoseconds since 1970: ages are taken up to it, and so is what
    /// is stuck. For tests that do not want to wait.
    ///
    /// # Errors
    ///
    /// [`Stopped`] once the runtime is shut down.
    pub fn open_at(&self, now_ns: u64) -> Result<OpenSpans, Stopped> {
        self.ask(|shared| shared.open(&Anchor::now(), now_ns))
    }

    /// Returns what operations did in the last minutes, and where the time of their traces went, those that were not kept
    /// included.
    ///
    /// # Errors
    ///
    /// [`Stopped`] once the runtime is shut down.
    pub fn profile(&self) -> Result<Profile, Stopped> {
        self.ask(Shared::profile)
    }

    /// Returns what became of every span.
    ///
    /// # Errors
    ///
    /// [`Stopped`] once the runtime is shut down.
    pub fn accounting(&self) -> Result<Accounting, Stopped> {
        self.ask(Shared::accounting)
    }

    /// Returns what the store holds and has lost.
    ///
    /// # Errors
    ///
    /// [`Stopped`] once the runtime is shut down.
    pub fn shelf(&self) -> Result<Shelf, Stopped> {
        self.ask(Shared::shelf)
    }
}

impl Source for TraceReader {
    fn search(&self, search: &Search) -> Result<Found, Stopped> {
        self.search(search)
    }

    fn get(&self, id: &str) -> Result<Whole, NoTrace> {
        self.get(id)
    }

    fn open(&self) -> Result<OpenSpans, Stopped> {
        self.open()
    }

    fn profile(&self) -> Result<Profile, Stopped> {
        self.profile()
    }

    fn accounting(&self) -> Result<(Accounting, Shelf), Stopped> {
        self.ask(|shared| (shared.accounting(), shared.shelf()))
    }

    fn now_ns(&self) -> u64 {
        now_ns()
    }
}

impl Shared {
    fn get(&self, id: &str) -> Result<Whole, NoTrace> {
        let is_hexadecimal = id.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_hexadecimal || !(LEAST_DIGITS..=32).contains(&id.len()) {
            return Err(NoTrace::NotAnId);
        }
        let id = match id.parse() {
            Ok(id) => id,
            Err(_) => self.only_one(&id.to_ascii_lowercase())?,
        };
        if let Some(trace) = self.traces.get(id).map_err(NoTrace::Unreadable)? {
            return Ok(self.whole(trace, false));
        }
        let live = {
            let state = self.state();
            state
                .collection
                .so_far(id, &state.names, &Anchor::now())
                .map(Arc::new)
        };
        let trace = live.ok_or(NoTrace::Unknown)?;
        Ok(self.whole(trace, true))
    }

    /// The one trace that begins with these digits.
    fn only_one(&self, digits: &str) -> Result<TraceId, NoTrace> {
        let search = Search {
            // What is hexadecimal is a prefix.
            query: format!("trace:{digits}")
                .parse()
                .unwrap_or_else(|_| Query::all()),
            limit: MOST_CANDIDATES,
            ..Search::default()
        };
        let found = search.run(&self.traces, Received::default(), now_ns());
        let kept = found.traces.into_iter().map(|summary| summary.id);
        let state = self.state();
        let live = state.collection.live_ids();
        let all: BTreeSet<TraceId> = kept
            .chain(live)
            .filter(|id| id.to_string().starts_with(digits))
            .collect();
        let mut first = all.into_iter();
        match (first.next(), first.next()) {
            (None, _) => Err(NoTrace::Unknown),
            (Some(id), None) => Ok(id),
            (Some(id), Some(other)) => {
                let some = [id, other].into_iter().chain(first);
                Err(NoTrace::Ambiguous(some.take(MOST_CANDIDATES).collect()))
            }
        }
    }

    fn whole(&self, trace: Arc<Trace>, is_live: bool) -> Whole {
        let latest = trace.spans.iter().map(|span| span.end_ns).max();
        // Numbers of threads are those of one process.
        let is_of_this_process = trace.kept.policy != Policy::Imported
            && latest.is_some_and(|latest| latest >= self.since_ns);
        let mut threads = Vec::new();
        if is_of_this_process {
            let of_span = |span: &Span| [span.start_thread, span.end_thread];
            let numbers: BTreeSet<u32> = trace.spans.iter().flat_map(of_span).flatten().collect();
            let state = self.state();
            let named = |number| Some((number, state.names.thread_name(number)?));
            threads.extend(numbers.into_iter().filter_map(named));
        }
        Whole {
            trace,
            is_live,
            threads,
        }
    }

    fn open(&self, anchor: &Anchor, now_ns: u64) -> OpenSpans {
        let mut spans = Vec::new();
        let mut usual = HashMap::new();
        let state = self.state();
        let mut add = |record: Record<'_>, is_running: bool| {
            let Some(mut span) = open_span(record, is_running, &state.names, anchor) else {
                return;
            };
            let operation = Operation {
                operation: record.site(),
                component: record.component(),
            };
            span.usual_ns = *usual
                .entry(operation)
                .or_insert_with(|| state.judge.usual_ns(operation));
            spans.push(span);
        };
        for open in state.spans.open() {
            add(open.record(), true);
        }
        state.collection.started(|start| add(start, false));
        drop(state);
        OpenSpans::new(spans, now_ns, self.settings.stuck_after)
    }

    fn profile(&self) -> Profile {
        let (windows, since, names) = {
            let mut state = self.state();
            let State { judge, names, .. } = &mut *state;
            let (windows, since) = judge.windows(Instant::now());
            let mut known = Names::default();
            let all = windows.iter().flat_map(|window| window.all_operations());
            for of in all.filter(|of| of.special_name().is_none()) {
                let name = || names.operation(of.operation);
                known.operations.entry(of.operation).or_insert_with(name);
                if !known.components.contains_key(&of.component)
                    && let Some(component) = names.component(of.component)
                {
                    known.components.insert(of.component, component);
                }
            }
            (windows.clone(), since, known)
        };
        Profile::new(windows, since.max(Duration::from_millis(1)), names)
    }

    fn shelf(&self) -> Shelf {
        Shelf {
            is_durable: self.is_durable,
            held: self.traces.held(),
            retention: self.settings.retention,
            counts: self.traces.counts(),
        }
    }
}

/// What the collector knows of all traces.
fn received(state: &State) -> Received {
    let kept = state.kept.iter();
    Received {
        traces: state.counts().traces,
        kept: kept
            .map(|(policy, (traces, stand_for))| KeptBy {
                policy: *policy,
                traces: *traces,
                stand_for: *stand_for,
            })
            .collect(),
    }
}
