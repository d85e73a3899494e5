//! The macros of obs. Use them through crate `obs`, which re-exports them.
#![forbid(unsafe_code)]

/// Keyword arguments, read alike by all macros.
mod arguments;

/// What is wrong with a call, and what was meant.
mod faults;

/// Where crate `obs` is found.
mod paths;

/// Units in names.
mod units;

/// Prometheus's naming rules.
mod names;

/// `counter!`, `gauge!`, `histogram!`, `summary!`.
mod metric;

/// `#[derive(LabelValue)]`, `#[derive(ErrorLabel)]`.
mod label_value;

/// `#[instrumented]`.
mod instrumented;

/// `span!`, `event!`.
mod span;

/// The programs of ui-tests, expanded.
#[cfg(test)]
mod programs;

use proc_macro::TokenStream;

/// Makes a counter: a number that only goes up.
///
/// ```text
/// counter!(NAME, HELP [, labels(key = "text", key: EnumType, …)] [, unit = "…"] [, scope = component|process]
///          [, zero] [, allow(naming)] [, crate = path::to::obs])
/// ```
///
/// * The name is a literal in snake_case that ends in `_total`, the unit right before it: `busy_seconds_total`.
/// * `labels`: a text is part of the metric; an enum with `#[derive(LabelValue)]` is chosen when recording, with
///   `with(…)`. At most four enums, and at most 1,024 combinations.
/// * `dynamic(path, method)`: labels whose values are any text. The macro evaluates to a `Dynamic`, whose `with` looks a
///   combination up; `max_series = 500` limits how many of them each component may have (2,000).
/// * `scope = process`: one series for the process, without the label `component`.
/// * `zero`: exported as 0 before it is touched.
/// * `allow(naming)`: the names of the metric and its labels need only be legal, for what dashboards know by an older name.
///
/// * `observed = FUNCTION`: nobody counts, a function tells the count of the process so far whenever threads are merged (an
///   unsigned integer; for a counter of seconds, a `Duration`). `observed` alone: functions are given at run time, with
///   `watch`, as for [`gauge!`]. The counter goes up by what a function's count went up, and never down.
///
/// It evaluates to a `Counter`: in a `static` for a metric that several places share, in place for one of its own.
///
/// ```
/// use obs::{Counter, LabelValue, counter};
///
/// #[derive(Clone, Copy, LabelValue)]
/// enum Method {
///     Get,
///     Put,
/// }
///
/// static REQUESTS: Counter<Method> =
///     counter!("requests_total", "Requests.", labels(method: Method, protocol = "http"));
///
/// REQUESTS.with(Method::Get).inc();
/// REQUESTS.with(Method::Put).inc_by(2);
/// counter!("busy_seconds_total", "Time spent.").inc_by_duration(std::time::Duration::from_millis(7));
/// ```
///
/// What breaks a rule is an error where it stands, with what to write:
///
/// ```compile_fail
/// obs::counter!("jobs", "Jobs finished.").inc(); // counter names end in `_total`: write `jobs_total`
/// ```
#[proc_macro]
pub fn counter(input: TokenStream) -> TokenStream {
    metric::expand(input.into(), metric::Kind::Counter).into()
}

/// Makes a gauge: a number that goes up and down.
///
/// Takes what [`counter!`] takes; the name does not end in `_total`. It evaluates to a `Gauge`, which is either set, or
/// counts up and down. With `integer` it is set to integers only, is a `Gauge<_, Integer>`, and setting it is as cheap as
/// can be.
///
/// ```
/// use obs::{Gauge, Integer, gauge};
///
/// static QUEUE: Gauge = gauge!("queue_length", "Jobs that wait.");
/// static HANDLES: Gauge<(), Integer> = gauge!("open_handles", "Open handles.", integer);
///
/// let waiting = QUEUE.in_flight(); // goes down again when dropped
/// drop(waiting);
/// HANDLES.set(7);
/// gauge!("heap_bytes", "Bytes on the heap.", scope = process).set(1_024_u64);
/// ```
///
/// With `observed = FUNCTION` it shows what the function tells whenever threads are merged: of the process, an
/// `ObservedGauge`. With `observed` alone, functions are given to it at run time, each for the component that it is watched
/// in, and add up. A function is short: scrapes wait for it.
///
/// ```
/// use obs::{ObservedGauge, gauge};
/// use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
///
/// static HEAP: AtomicU64 = AtomicU64::new(0);
/// gauge!("heap_bytes", "Bytes on the heap.", observed = || HEAP.load(Relaxed));
///
/// static DEPTH: ObservedGauge = gauge!("queue_length", "Jobs that wait.", observed);
/// let queue = std::sync::Arc::new(std::sync::Mutex::new(vec![1, 2, 3]));
/// let watch = DEPTH.watch(move || queue.lock().map_or(0, |queue| queue.len()));
/// drop(watch); // not shown any more
/// ```
///
/// With `info(version, digest)` it is an `Info`: always 1, with labels that say what the component is; its name ends in
/// `_info`.
///
/// With `states = EnumType` it is a `StateSet`: in one of the enum's states, exported as a series per state, with a label
/// that is called like the metric. Other labels are literals.
///
/// ```
/// use obs::{LabelValue, StateSet, gauge};
///
/// #[derive(Clone, Copy, LabelValue)]
/// enum State {
///     Starting,
///     Running,
/// }
///
/// static STATE: StateSet<State> = gauge!("worker_state", "What the worker does.", states = State);
///
/// STATE.set(State::Running); // worker_state{worker_state="running"} 1, worker_state{worker_state="starting"} 0
/// ```
#[proc_macro]
pub fn gauge(input: TokenStream) -> TokenStream {
    metric::expand(input.into(), metric::Kind::Gauge).into()
}

/// Makes a histogram: observations, counted by size.
///
/// Takes what [`counter!`] takes, and `bounds = [0.1, 1.0, 10.0]` or `bounds = PATH` to a `const` of type `&[f64]`: the
/// upper bounds of the buckets, finite and strictly increasing, without `+Inf`. The name does not end in `_total`.
///
/// If the name ends in `_seconds`, it takes durations and has default bounds from 5 µs to 10 s; otherwise it takes
/// numbers, is a `Histogram<_, Number>`, and the bounds must be written.
///
/// ```
/// use obs::{Histogram, Number, histogram};
///
/// static WAIT: Histogram = histogram!("wait_seconds", "Time in the queue.");
/// static SIZE: Histogram<(), Number> = histogram!("payload_bytes", "Sizes.", bounds = [64, 1024, 16384]);
///
/// let timer = WAIT.start_timer(); // observes when dropped
/// SIZE.observe(700.0);
/// # drop(timer);
/// ```
///
/// With `exponential` it is an `ExponentialHistogram`, exported as a native histogram where the scraper takes one, and with
/// a bucket per power of two where it does not. `exponential(schema = 4)` cuts each power of two into 2^4 buckets (0 to 5,
/// default 3), `range = [low, high]` says what to cover, widened to powers of two; without it, seconds are covered from
/// 1 µs to 128 s. A series takes a cell per bucket, of which there are 1,000 at most.
///
/// ```
/// use obs::{ExponentialHistogram, Number, histogram};
///
/// static TOOK: ExponentialHistogram = histogram!("job_seconds", "Time of a job.", exponential);
/// static SIZE: ExponentialHistogram<(), Number> =
///     histogram!("answer_bytes", "Sizes.", exponential(schema = 2), range = [64, 1048576]);
///
/// TOOK.observe(std::time::Duration::from_millis(3));
/// SIZE.observe(700.0);
/// ```
#[proc_macro]
pub fn histogram(input: TokenStream) -> TokenStream {
    metric::expand(input.into(), metric::Kind::Histogram).into()
}

/// Makes a summary: quantiles of what was observed in the last minute.
///
/// Takes what an exponential [`histogram!`] takes, and `quantiles = [0.5, 0.9, 0.99]`: which to show, from 0 to 1,
/// increasing. `window = "5m"` says what they look back on (`60s` by default, a day at most). The schema is 4 by default, by
/// which a quantile is at most 2.2 % from the true one; at 5 it is 1.1 %. A window without observations shows `NaN`.
///
/// Quantiles of several components or processes cannot be added up: where that is wanted, use a histogram.
///
/// ```
/// use obs::{Summary, summary};
///
/// static TOOK: Summary = summary!("call_seconds", "Time of a call.", quantiles = [0.5, 0.99]);
///
/// let timer = TOOK.start_timer(); // observes when dropped
/// # drop(timer);
/// ```
#[proc_macro]
pub fn summary(input: TokenStream) -> TokenStream {
    metric::expand(input.into(), metric::Kind::Summary).into()
}

/// Starts a span: what is done here, until the guard that it evaluates to is dropped.
///
/// ```text
/// span!(NAME [, KEY = VALUE, …] [, kind = server|client|producer|consumer|internal]
///       [, root | parent = CONTEXT] [, detached] [, crate = path::to::obs])
/// ```
///
/// * The name is a literal, or the path of a `const`: what is done, not to whom.
/// * Attributes: `user.id = 7`, `"http.route" = route`; integers, floats, `bool` and texts as they are, `%value` as it is
///   displayed, `?value` as `Debug` writes it, an `Option` if there is something. Values are evaluated only where the span is
///   recorded. Of texts, 200 bytes are.
/// * The span is a part of the one that the thread is in, and begins a trace where that is none. `root` begins one in any
///   case; `parent = CONTEXT` makes it a part of another span, here or of another process, and takes a `Carrier` as well, which
///   tells how long a message waited. `detached` says that the parent does not wait for it.
///
/// It evaluates to a `Span`.
///
/// ```
/// use obs::{event, span};
///
/// fn charge(order: u64, card: &str) -> Result<(), String> {
///     let span = span!("charge", kind = client, order.id = order, card = %card);
///     event!("retry", attempt = 2);
///     span.set("bank", "example");
///     span.error("the card was refused");
///     Err("refused".to_owned())
/// }
/// # assert!(charge(7, "4711").is_err());
/// ```
///
/// What is asynchronous goes on in a span by `around`: a guard is never held over an `.await`.
///
/// ```
/// # async fn fetch(_: &str) {}
/// # async fn run() {
/// obs::span!("fetch", url = "/").around(fetch("/")).await;
/// # }
/// ```
#[proc_macro]
pub fn span(input: TokenStream) -> TokenStream {
    span::expand(input.into(), span::What::Span).into()
}

/// Records that something happens now in the span that the thread is in; nothing where there is none.
///
/// Takes a name and attributes as [`span!`] does, and `parent = CONTEXT` for another span.
///
/// ```
/// let _span = obs::span!("checkout");
/// obs::event!("cache.miss", key = "basket");
/// ```
#[proc_macro]
pub fn event(input: TokenStream) -> TokenStream {
    span::expand(input.into(), span::What::Event).into()
}

/// Makes an enum without fields a closed set of label values.
///
/// The text of a value is its variant in snake_case, or what `#[label("…")]` says. All texts differ, and none is empty.
/// `#[label(crate = path::to::obs)]` on the enum says where obs is.
///
/// ```
/// use obs::LabelValue;
///
/// #[derive(Clone, Copy, LabelValue)]
/// enum Outcome {
///     Ok,
///     TimedOut,
///     #[label("5xx")]
///     ServerError,
/// }
///
/// assert_eq!(Outcome::VALUES, ["ok", "timed_out", "5xx"]);
/// ```
#[proc_macro_derive(LabelValue, attributes(label))]
pub fn label_value(input: TokenStream) -> TokenStream {
    label_value::expand(input.into(), label_value::Derive::LabelValue).into()
}

/// Makes the variants of an enum of errors, with fields or without, the values of the label `error`.
///
/// The text of a variant is its name in snake_case, or what `#[label("…")]` says: never what an error displays, so there
/// are as many series as variants. `#[label(crate = path::to::obs)]` on the enum says where obs is. The enum may have
/// parameters, but must own what it holds.
///
/// ```
/// use obs::{ErrorLabel, instrumented};
///
/// #[derive(Debug, ErrorLabel)]
/// enum FetchError {
///     TimedOut,
///     #[label("5xx")]
///     Status(u16),
///     Io(std::io::Error),
/// }
///
/// assert_eq!(FetchError::LABELS, ["timed_out", "5xx", "io"]);
///
/// #[instrumented(errors = FetchError)]
/// fn fetch() -> Result<(), FetchError> {
///     Err(FetchError::Status(503)) // function_errors_total{function="…::fetch", error="5xx"} 1
/// }
/// # assert!(fetch().is_err());
/// ```
#[proc_macro_derive(ErrorLabel, attributes(label))]
pub fn error_label(input: TokenStream) -> TokenStream {
    label_value::expand(input.into(), label_value::Derive::ErrorLabel).into()
}

/// Counts and times the calls of a function or a method, `async` or not; on an `impl`, a `trait` or a module, of all
/// functions in it.
///
/// Each call adds one to `function_calls_total{function, outcome}` and one to `function_duration_seconds{function}`. The
/// outcome is `err` if it returned an `Err`, `panic` if it unwound, `cancelled` if its future was dropped between its
/// first poll and its end, else `ok`. A call that is never polled is no call. Nothing of the arguments or of what is
/// returned is recorded unless it is asked for.
///
/// Where, and under which names:
///
/// * `component = EXPR`: the call runs in this `Component`; the expression may use the arguments and `self`.
/// * `function = "text"`: the value of the label `function`, which is the path of the module and the name otherwise. Use
///   it where two types of a module have methods of one name.
/// * `prefix = "shop"`: the families `shop_calls_total{function, outcome}` and so on, for functions that belong together.
/// * `name = "fetch"`: families for this function alone, without the label `function`. A prefix or a name may also be the
///   path of a `const` of type `&str`.
/// * `labels(method: Method = request.method, protocol = "http")`: labels beside these, for families with a prefix or a
///   name: a text, or an enum with `#[derive(LabelValue)]` and the expression that is evaluated when the call starts. At
///   most three enums.
/// * `bounds = [0.1, 1]` or `bounds = PATH`: the buckets of the time, likewise.
/// * `zero`: exported as 0 before the first call.
/// * `allow(naming)`: the prefix or name need only be legal.
///
/// What is recorded besides:
///
/// * `in_flight`: the gauge `function_in_flight{function}` of calls under way, which goes down again whatever happens.
/// * `busy`: the histogram `function_busy_seconds{function}` of the time that a call spent inside polls.
/// * `polls`: `function_polls_total{function}`.
/// * `span`: each call is a span, from the same two readings of the clock as its time, called like the label `function`. In
///   parentheses stands what [`span!`] takes, where the name may be left out: `span("fetch", url = url, kind = client)`,
///   `span(root)`, `span(parent = message.carrier)`. Attributes may use the arguments and `self`: they are evaluated before
///   the body takes those, and only if the span is recorded. A span whose call is an `err` has failed, with what the error
///   displays or its label as the reason; one that unwinds has panicked, and one that is dropped half way is cancelled. On a
///   block, `span` stands alone.
///
/// What a success is:
///
/// * `ok_if = CONDITION` or `err_if = CONDITION`, which takes a reference to what is returned: `ok_if = Option::is_some`,
///   `err_if = |response| response.status >= 500`.
/// * `errors = FetchError`: a `Result` with this error, which has `#[derive(ErrorLabel)]` and is counted by variant in
///   `function_errors_total{function, error}`.
/// * `tracing(err = "warn", ret = "debug")`, with the feature `tracing` of crate obs: an event of `tracing` for each `Err`,
///   with what it displays, and for each value returned, as `Debug` writes it; with both, an `Err` is logged as such alone.
///
/// And:
///
/// * `future`: the function returns a boxed future under a name that does not say so.
/// * `skip`: on a function, `impl` or module inside of what is instrumented: leaves it out. Arguments on a function inside
///   come before those around it.
/// * `crate = path::to::obs`: where obs is.
///
/// ```
/// use obs::{Component, instrumented};
///
/// struct Store {
///     component: Component,
/// }
///
/// #[instrumented(component = self.component)]
/// impl Store {
///     fn parse(&self, text: &str) -> Result<u8, std::num::ParseIntError> {
///         text.parse()
///     }
///
///     #[instrumented(in_flight, polls)]
///     async fn load(&mut self) -> std::io::Result<Vec<u8>> {
///         Ok(Vec::new())
///     }
///
///     #[instrumented(skip)]
///     const fn component(&self) -> Component {
///         self.component
///     }
/// }
///
/// let store = Store { component: Component::register("store") };
/// assert!(store.parse("seven").is_err()); // function_calls_total{function="…::Store::parse", outcome="err"} 1
/// ```
///
/// A function that returns `impl Future`, a boxed future or a `BoxFuture` is counted from the first poll until that future
/// is ready. So `#[async_trait]` may stand above or below. What is said of the span of such a future is found out when the
/// function is called, also for a root that is then not recorded because of its share, and kept in the future until its first
/// poll: 216 bytes for each attribute. An `async fn` keeps nothing.
///
/// The documentation of a function lists the metrics that it feeds. Attributes keep their place, and lints see the function
/// as it was written. Put `#[instrumented]` below attributes that start a runtime, like `#[tokio::main]`.
///
/// Limits: a `const fn` cannot be instrumented. What is not a `Result` by itself (a reference, a tuple, `impl Trait`) is
/// a success unless a condition says otherwise. `#[track_caller]` on a function whose value is looked at names the function
/// itself, since its body becomes a closure. An `async` body becomes one nested future, at most 64 bytes larger, and 136 with a
/// span; arguments that its attributes look at take their room twice. In a block,
/// functions that macros make are not seen; nor is the attribute under another name than `instrumented`. Tests in a block
/// (`#[test]`, `#[cfg(test)]`) are left out.
#[proc_macro_attribute]
pub fn instrumented(arguments: TokenStream, item: TokenStream) -> TokenStream {
    instrumented::expand(arguments.into(), item.into()).into()
}
