//! What a component takes of the machine and of its host.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::flight::Flight;
use super::{DURATIONS, During, metered};
use crate::span::{Name, Site};
use crate::{
    Bound, Context, Counter, Dynamic, Gauge, Histogram, Kind, LabelValue, Moment, Seconds, counter,
    gauge, histogram,
};

/// Memory that the component has now, by kind.
pub static MEMORY: Gauge<MemoryKind> = gauge!(
    "component_memory_bytes",
    "Memory that the component has now, by kind.",
    labels(kind: MemoryKind),
);

/// The most linear memory that the component ever had.
pub static MEMORY_PEAK: Gauge = gauge!(
    "component_memory_peak_bytes",
    "The most linear memory that the component ever had.",
);

/// Linear memory that the component may have.
pub static MEMORY_LIMIT: Gauge = gauge!(
    "component_memory_limit_bytes",
    "Linear memory that the component may have.",
);

/// Linear memory in use, as a share of the limit. Computed when merged.
pub static MEMORY_USAGE: Gauge = gauge!(
    "component_memory_usage_ratio",
    "Linear memory in use, as a share of the limit. Computed when merged.",
);

/// Processor time that the component took, in its own code and in the host's for it.
pub static CPU: Counter<CpuSide> = counter!(
    "component_cpu_seconds_total",
    "Processor time that the component took, in its own code and in the host's for it.",
    labels(side: CpuSide),
);

/// Processor time per time over the last minute; 1 is a whole processor. Computed when merged.
pub static CPU_USAGE: Gauge = gauge!(
    "component_cpu_usage_ratio",
    "Processor time per time over the last minute; 1 is a whole processor. Computed when merged.",
);

/// Time since the component was last started. Computed when merged.
pub static UPTIME: Gauge = gauge!(
    "component_uptime_seconds",
    "Time since the component was last started. Computed when merged.",
);

/// Unix time at which the component was last started.
pub static START_TIME: Gauge = gauge!(
    "component_start_time_seconds",
    "Unix time at which the component was last started.",
);

/// Calls of the component into the host, by interface and how they ended.
pub static HOST_CALLS: Dynamic<Counter<CallOutcome>, 2> = counter!(
    "component_host_calls_total",
    "Calls of the component into the host, by interface and how they ended.",
    dynamic(interface, function),
    labels(outcome: CallOutcome),
);

/// Time that calls into the host took, by interface.
pub static HOST_CALL_DURATION: Dynamic<Histogram, 1> = histogram!(
    "component_host_call_duration_seconds",
    "Time that calls into the host took, by interface.",
    dynamic(interface),
    bounds = DURATIONS,
);

/// Tasks that run on behalf of the component, by whether they are being polled.
pub static TASKS: Gauge<TaskState> = gauge!(
    "component_tasks",
    "Tasks that run on behalf of the component, by whether they are being polled.",
    labels(state: TaskState),
);

/// Kinds of memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum MemoryKind {
    /// Linear memory of a guest.
    Linear,
    /// Tables of a guest.
    Table,
    /// What the host keeps for the component.
    HostState,
}

/// In whose code processor time is spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum CpuSide {
    /// In the component's.
    Guest,
    /// In the host's, on behalf of the component.
    Host,
}

/// How a call into the host ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum CallOutcome {
    /// It did what it was called for.
    Ok,
    /// It answered with an error.
    Error,
    /// It was given up, or unwound.
    Cancelled,
}

/// What a task is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum TaskState {
    /// Being polled.
    Running,
    /// Waiting to be polled.
    Waiting,
}

/// Says that the component starts now: [`START_TIME`], from which the uptime follows.
pub fn started() {
    START_TIME.set(unix_seconds());
}

pub(super) fn unix_seconds() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or(Duration::ZERO).as_secs_f64()
}

/// The linear memory of one component: its size, its peak and its limit. Lives as long as the component, over all its
/// instances, so that the peak does.
#[derive(Debug)]
pub struct LinearMemory {
    limit_bytes: u64,
    /// The most there ever was. Written and read by whoever grows; it is one number, so nothing hangs on order.
    peak_bytes: AtomicU64,
}

impl LinearMemory {
    /// Memory of which at most so much may be had.
    pub fn new(limit_bytes: u64) -> LinearMemory {
        LinearMemory {
            limit_bytes,
            peak_bytes: AtomicU64::new(0),
        }
    }

    /// Says that there are so many bytes now, of the limit.
    pub fn resized(&self, bytes: u64) {
        MEMORY_LIMIT.set(self.limit_bytes);
        MEMORY.with(MemoryKind::Linear).set(bytes);
        if self.peak_bytes.fetch_max(bytes, Relaxed) < bytes {
            MEMORY_PEAK.set(bytes);
        }
    }

    /// Bytes that the component may have.
    pub fn limit_bytes(&self) -> u64 {
        self.limit_bytes
    }
}

/// Calls into the host.
static HOST_CALL: Site = Site::of_handle("host_call", Kind::Internal, &["interface", "function"]);

/// A function of the host that components call. A call is a span `host_call` of the guest's call.
///
/// Looked up once for a component and kept, or at each call, where the call itself costs much more than that.
///
/// ```
/// use obs::host::resources::HostFunction;
///
/// let call = HostFunction::named("storage", "get").start();
/// let value = Ok::<_, ()>("what the component asked for");
/// call.end(&value);
/// ```
#[must_use = "a function records nothing by itself"]
#[derive(Debug, Clone, Copy)]
pub struct HostFunction {
    interface: Name,
    function: Name,
    calls: Counter<CallOutcome, Bound>,
    duration: Histogram<(), Seconds, Bound>,
}

impl HostFunction {
    /// Looks the function up for the component that the thread is in.
    pub fn named(interface: &'static str, function: &'static str) -> HostFunction {
        HostFunction {
            interface: Name::of(interface),
            function: Name::of(function),
            calls: HOST_CALLS.with([interface, function]),
            duration: HOST_CALL_DURATION.with([interface]),
        }
    }

    /// Begins a call that runs to its end without waiting.
    #[inline]
    pub fn start(self) -> HostCall {
        self.call(Flight::start(&HOST_CALL), false)
    }

    /// Begins a call that waits on the way, so that its time is not the processor's.
    #[inline]
    pub fn start_waiting(self) -> HostCall {
        self.call(Flight::shown(&HOST_CALL), true)
    }

    fn call(self, flight: Flight, waits: bool) -> HostCall {
        flight.attributes(&[self.interface.value(), self.function.value()]);
        HostCall {
            of: self,
            flight,
            waits,
        }
    }
}

/// A call of the component into the host: duration, outcome, and processor time of the host's side.
///
/// The time of a call that waits (an async function of the host) counts as processor time only as far as it is polled:
/// see [`Metered`](super::Metered).
#[derive(Debug)]
#[must_use = "the call counts as given up as soon as the guard is dropped"]
pub struct HostCall {
    of: HostFunction,
    flight: Flight,
    waits: bool,
}

impl HostCall {
    /// What the host does for the guest: see [`in_context`](crate::InContext::in_context).
    #[inline]
    pub fn context(&self) -> Context {
        self.flight.context()
    }

    /// What a call that waits does, polled in its span.
    #[inline]
    pub fn during<F: Future>(&mut self, future: F) -> During<'_, F> {
        During::new(&mut self.flight, future)
    }

    /// Says that the call ended as its result says.
    #[inline]
    pub fn end<T, E>(self, result: &Result<T, E>) {
        self.end_with(match result {
            Ok(_) => CallOutcome::Ok,
            Err(_) => CallOutcome::Error,
        });
    }

    /// Says how the call ended.
    #[inline]
    pub fn end_with(mut self, outcome: CallOutcome) {
        let now = self.flight.land_with(outcome, outcome == CallOutcome::Ok);
        self.record(outcome, now);
    }

    fn record(&self, outcome: CallOutcome, now: Moment) {
        let took = self.flight.begun().until(now);
        self.of.duration.observe(took);
        self.of.calls.with(outcome).inc();
        if !self.waits {
            CPU.with(CpuSide::Host).inc_by_duration(took);
            metered::spent_in_host(took);
        }
    }
}

impl Drop for HostCall {
    fn drop(&mut self) {
        if let Some((_, now)) = self.flight.crash() {
            self.record(CallOutcome::Cancelled, now);
        }
    }
}
