//! The WebAssembly runtime: compiling, instances, memory, fuel, epochs, traps.

use std::future::Future;

use super::flight::Flight;
use super::messages::{Export, GUEST_CALL_LATENCY};
use super::resources::{self, LinearMemory};
use super::{BuildOutcome, DURATIONS, InHandle, LATENCIES, Metered};
use crate::span::Site;
use crate::{
    AttributeValue, Context, Counter, Gauge, Histogram, InFlight, Kind, LabelValue, Moment,
    ObservedCounter, counter, gauge, histogram,
};

/// Instances that were made of the component, by whether that worked.
pub static INSTANTIATIONS: Counter<BuildOutcome> = counter!(
    "wasm_instantiations_total",
    "Instances that were made of the component, by whether that worked.",
    labels(outcome: BuildOutcome),
);

/// Time that making an instance took.
pub static INSTANTIATION_DURATION: Histogram = histogram!(
    "wasm_instantiation_duration_seconds",
    "Time that making an instance took.",
    bounds = DURATIONS,
);

/// Instances of the component now.
pub static INSTANCES: Gauge = gauge!("wasm_instances", "Instances of the component now.",);

/// Compilations of the component, by whether they worked.
pub static COMPILATIONS: Counter<BuildOutcome> = counter!(
    "wasm_compilations_total",
    "Compilations of the component, by whether they worked.",
    labels(outcome: BuildOutcome),
);

/// Time that compiling took, or loading from the cache.
pub static COMPILATION_DURATION: Histogram = histogram!(
    "wasm_compilation_duration_seconds",
    "Time that compiling took, or loading from the cache.",
    bounds = DURATIONS,
);

/// Size of the component as it was loaded.
pub static COMPONENT_SIZE: Gauge = gauge!(
    "wasm_component_size_bytes",
    "Size of the component as it was loaded.",
);

/// Linear memory of all components together. Computed when merged.
pub static MEMORY_TOTAL: Gauge = gauge!(
    "wasm_memory_total_bytes",
    "Linear memory of all components together. Computed when merged.",
    scope = process,
);

/// Requests of the guest for more linear memory, by outcome.
pub static MEMORY_GROWS: Counter<GrowOutcome> = counter!(
    "wasm_memory_grows_total",
    "Requests of the guest for more linear memory, by outcome.",
    labels(outcome: GrowOutcome),
);

/// Elements in the guest's tables.
pub static TABLE_ELEMENTS: Gauge =
    gauge!("wasm_table_elements", "Elements in the guest's tables.",);

/// Units of fuel (about one per instruction) that the guest burned.
pub static FUEL_CONSUMED: Counter = counter!(
    "wasm_fuel_consumed_total",
    "Units of fuel (about one per instruction) that the guest burned.",
    zero,
);

/// Units of fuel that the last call left.
pub static FUEL_REMAINING: Gauge = gauge!(
    "wasm_fuel_remaining",
    "Units of fuel that the last call left.",
);

/// Units of fuel that a call may burn.
pub static FUEL_LIMIT: Gauge = gauge!("wasm_fuel_limit", "Units of fuel that a call may burn.",);

/// Calls that ran out of fuel.
pub static FUEL_EXHAUSTED: Counter =
    counter!("wasm_fuel_exhausted_total", "Calls that ran out of fuel.",);

/// Times that the guest met the end of an epoch, by what was done.
pub static EPOCH_INTERRUPTIONS: Counter<EpochAction> = counter!(
    "wasm_epoch_interruptions_total",
    "Times that the guest met the end of an epoch, by what was done.",
    labels(action: EpochAction),
);

/// Time that calls into the guest stood still: between a yield and going on, or waiting in the host.
pub static THROTTLED: Counter = counter!(
    "wasm_throttled_seconds_total",
    "Time that calls into the guest stood still: between a yield and going on, or waiting in the host.",
);

/// Calls that the guest did not survive, by trap.
pub static TRAPS: Counter<Trap> = counter!(
    "wasm_traps_total",
    "Calls that the guest did not survive, by trap.",
    labels(trap: Trap),
);

/// Epochs that have passed.
pub static EPOCH_TICKS: Counter = counter!(
    "wasm_epoch_ticks_total",
    "Epochs that have passed.",
    scope = process,
);

/// Compilations that were found in the cache.
pub static CACHE_HITS: ObservedCounter = counter!(
    "wasm_compile_cache_hits_total",
    "Compilations that were found in the cache.",
    observed,
    scope = process
);

/// Compilations that were not found in the cache.
pub static CACHE_MISSES: ObservedCounter = counter!(
    "wasm_compile_cache_misses_total",
    "Compilations that were not found in the cache.",
    observed,
    scope = process
);

/// Compilations found in the cache, as a share of all. Computed when merged.
pub static CACHE_HIT_RATIO: Gauge = gauge!(
    "wasm_compile_cache_hit_ratio",
    "Compilations found in the cache, as a share of all. Computed when merged.",
    scope = process,
);

/// Size of the compile cache.
pub static CACHE_BYTES: Gauge = gauge!(
    "wasm_compile_cache_bytes",
    "Size of the compile cache.",
    scope = process,
);

/// Time that callers waited to enter the engine.
pub static ENGINE_LOCK_WAIT: Histogram = histogram!(
    "wasm_engine_lock_wait_seconds",
    "Time that callers waited to enter the engine.",
    scope = process,
    bounds = LATENCIES,
);

/// What became of a guest's wish for more memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum GrowOutcome {
    /// It was granted.
    Allowed,
    /// The limiter refused it.
    Denied,
    /// The system had no memory.
    Failed,
}

/// What is done with a guest at the end of an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum EpochAction {
    /// It lets others have the thread, and goes on later.
    Yield,
    /// It has had its time and is ended.
    Trap,
}

/// Why a guest did not survive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum Trap {
    /// Too many nested calls.
    StackOverflow,
    /// Outside its memory.
    MemoryOutOfBounds,
    /// An atomic access to an odd address.
    Misaligned,
    /// Outside a table.
    TableOutOfBounds,
    /// A call of an empty element.
    IndirectCallToNull,
    /// A call of a function of another type.
    BadSignature,
    /// An integer that does not fit.
    IntegerOverflow,
    /// A division by zero.
    DivisionByZero,
    /// A float that is no integer.
    BadConversion,
    /// Code that is never to be reached.
    Unreachable,
    /// Its time was over.
    Interrupt,
    /// Its fuel was burned.
    OutOfFuel,
    /// A reference to nothing.
    NullReference,
    /// Outside an array.
    ArrayOutOfBounds,
    /// More memory than there can be.
    AllocationTooLarge,
    /// A reference of another type.
    CastFailure,
    /// A call into a component that is being called already, or has trapped before.
    CannotEnter,
    /// The host ended it: one of its functions failed.
    Host,
    /// Anything else.
    Other,
}

impl Trap {
    /// The trap of this name, as wasmtime writes it with `{:?}`.
    ///
    /// ```
    /// use obs::host::wasm::Trap;
    ///
    /// assert_eq!(Trap::named("OutOfFuel"), Trap::OutOfFuel);
    /// assert_eq!(Trap::named("of a later version"), Trap::Other);
    /// ```
    pub fn named(name: &str) -> Trap {
        match name {
            "StackOverflow" => Trap::StackOverflow,
            "MemoryOutOfBounds" => Trap::MemoryOutOfBounds,
            "HeapMisaligned" => Trap::Misaligned,
            "TableOutOfBounds" => Trap::TableOutOfBounds,
            "IndirectCallToNull" => Trap::IndirectCallToNull,
            "BadSignature" => Trap::BadSignature,
            "IntegerOverflow" => Trap::IntegerOverflow,
            "IntegerDivisionByZero" => Trap::DivisionByZero,
            "BadConversionToInteger" => Trap::BadConversion,
            "UnreachableCodeReached" => Trap::Unreachable,
            "Interrupt" => Trap::Interrupt,
            "OutOfFuel" => Trap::OutOfFuel,
            "NullReference" => Trap::NullReference,
            "ArrayOutOfBounds" => Trap::ArrayOutOfBounds,
            "AllocationTooLarge" => Trap::AllocationTooLarge,
            "CastFailure" => Trap::CastFailure,
            "CannotEnterComponent" => Trap::CannotEnter,
            _ => Trap::Other,
        }
    }
}

/// Guests being compiled, and instances being made.
static COMPILATION: Site = Site::of_handle("wasm.compile", Kind::Internal, &["bytes"]);
static INSTANTIATION: Site = Site::of_handle("wasm.instantiate", Kind::Internal, &[]);

/// Calls into guests.
static GUEST_CALL: Site = Site::of_handle("guest_call", Kind::Internal, &["export", "fuel"]);

/// Wishes for memory that were not granted.
static DENIED_GROW: Site = Site::of_events("wasm.grow_denied", &["bytes"]);

/// Something that is being compiled or instantiated: a span `wasm.compile` or `wasm.instantiate`. Dropped without an end it
/// failed.
#[derive(Debug)]
#[must_use = "it counts as failed as soon as the guard is dropped"]
pub struct Building {
    flight: Flight,
    count: Counter<BuildOutcome>,
    duration: Histogram,
}

impl Building {
    /// Begins to compile so many bytes.
    pub fn compilation(bytes: usize) -> Building {
        COMPONENT_SIZE.set(bytes);
        let building = Building::start(&COMPILATION, COMPILATIONS, COMPILATION_DURATION);
        building.flight.attributes(&[bytes.value()]);
        building
    }

    /// Begins to make an instance.
    pub fn instance() -> Building {
        Building::start(&INSTANTIATION, INSTANTIATIONS, INSTANTIATION_DURATION)
    }

    fn start(site: &'static Site, count: Counter<BuildOutcome>, duration: Histogram) -> Building {
        Building {
            flight: Flight::shown(site),
            count,
            duration,
        }
    }

    /// Says that it ended as its result says.
    pub fn end<T, E>(mut self, result: &Result<T, E>) {
        let outcome = BuildOutcome::of(result);
        let now = self.flight.land_with(outcome, outcome == BuildOutcome::Ok);
        self.record(outcome, now);
    }

    fn record(&self, outcome: BuildOutcome, now: Moment) {
        self.duration.observe(self.flight.begun().until(now));
        self.count.with(outcome).inc();
    }
}

impl Drop for Building {
    fn drop(&mut self) {
        if let Some(now) = self.flight.fail() {
            self.record(BuildOutcome::Error, now);
        }
    }
}

/// An instance, until this is dropped. Also says that the component has started.
pub fn instantiated() -> InFlight {
    resources::started();
    INSTANCES.in_flight()
}

/// Says what a guest's wish for memory came to, and returns whether it is granted: `desired` is within the limit of `memory`.
#[must_use = "the runtime must be told whether the guest may grow"]
pub fn grow(memory: &LinearMemory, desired: usize) -> bool {
    let allowed = desired as u64 <= memory.limit_bytes();
    if allowed {
        memory.resized(desired as u64);
        MEMORY_GROWS.with(GrowOutcome::Allowed).inc();
    } else {
        MEMORY_GROWS.with(GrowOutcome::Denied).inc();
        Context::current().event(&DENIED_GROW, &[desired.value()]);
    }
    allowed
}

/// Says what was done with a guest at the end of an epoch.
#[inline]
pub fn epoch_ended(action: EpochAction) {
    EPOCH_INTERRUPTIONS.with(action).inc();
}

/// A call into a guest: latency, fuel, traps, and a span `guest_call`.
#[derive(Debug)]
#[must_use = "the call ends as soon as the guard is dropped"]
pub struct GuestCall {
    flight: Flight,
    export: Export,
    fuel: Option<u64>,
    burned: Option<u64>,
}

impl GuestCall {
    /// Calls a guest that may burn so much fuel, if fuel is counted.
    #[inline]
    pub fn start(export: Export, fuel: Option<u64>) -> GuestCall {
        if let Some(fuel) = fuel {
            FUEL_LIMIT.set(fuel);
        }
        GuestCall {
            flight: Flight::shown(&GUEST_CALL),
            export,
            fuel,
            burned: None,
        }
    }

    /// What happens in it, calls into the host among it: see [`in_context`](crate::InContext::in_context).
    #[inline]
    pub fn context(&self) -> Context {
        self.flight.context()
    }

    /// The call itself: [`Metered::call`], polled in the span, so that what the host does for the guest is a part of it,
    /// whichever thread the guest is on by then.
    #[inline]
    pub fn during<F: Future>(&mut self, future: F) -> Metered<F, InHandle<'_>> {
        Metered::call_in(&mut self.flight, future)
    }

    /// Says what was left of the fuel, and returns what was burned.
    #[inline]
    pub fn fuel_left(&mut self, left: u64) -> u64 {
        let burned = self.fuel.map_or(0, |fuel| fuel.saturating_sub(left));
        self.burned = Some(burned);
        FUEL_REMAINING.set(left);
        FUEL_CONSUMED.inc_by(burned);
        burned
    }

    /// Says that the guest did not survive the call.
    #[inline]
    pub fn trapped(&mut self, trap: Trap) {
        TRAPS.with(trap).inc();
        self.flight.error(&Trap::VALUES[trap.index()]);
        if trap == Trap::OutOfFuel {
            FUEL_EXHAUSTED.inc();
        }
    }
}

impl Drop for GuestCall {
    #[inline]
    fn drop(&mut self) {
        let export = Export::VALUES[self.export.index()];
        let burned = self.burned.as_ref().and_then(AttributeValue::value);
        self.flight.attributes(&[export.value(), burned]);
        let ended = self.flight.let_go();
        GUEST_CALL_LATENCY
            .with(self.export)
            .observe(self.flight.begun().until(ended));
    }
}
