//! Gauges and counters that nobody records: functions tell their values when they are merged.

use std::marker::PhantomData;

use crate::callsite::Callsite;
use crate::catalogue::definition::{COUNTER_CELLS, GAUGE_CELLS};
use crate::component::Component;
use crate::label::LabelSet;
use crate::number::{CounterValue, GaugeValue};
use crate::observed::{self, Place, Reader};
use crate::record::hot;
use crate::record::life::Space;
use crate::record::registry::PROCESS;

/// A gauge that shows what functions tell, as the word `observed` in [`gauge!`](crate::gauge) makes it.
///
/// A function is called once per merge, on the thread that merges, inside the component for which it is watched. While it
/// runs no scrape is answered, so let it be quick: read a length, an atomic, a lock that is never held for long. Nothing
/// recorded is lost meanwhile. Where it panics, that is counted in `obs_observer_panics_total`, and its series is left out
/// of that merge.
#[derive(Debug, Clone, Copy)]
pub struct ObservedGauge<L: LabelSet = ()> {
    site: &'static Callsite,
    labels: PhantomData<fn(L)>,
}

/// A counter that shows what functions tell, as the word `observed` in [`counter!`](crate::counter) makes it.
///
/// As [`ObservedGauge`]; each function tells a count of its own so far, and the counter goes up by what that went up. It
/// never goes down: a function that tells less than before has begun anew, as Prometheus sees it, and one that panics or is
/// watched no more has counted what it had told.
#[derive(Debug, Clone, Copy)]
pub struct ObservedCounter<L: LabelSet = ()> {
    site: &'static Callsite,
    labels: PhantomData<fn(L)>,
}

/// One series of an observed gauge with enum labels.
#[derive(Debug, Clone, Copy)]
pub struct ObservedGaugeSeries {
    site: &'static Callsite,
    offset: u32,
}

/// One series of an observed counter with enum labels.
#[derive(Debug, Clone, Copy)]
pub struct ObservedCounterSeries {
    site: &'static Callsite,
    offset: u32,
}

/// A function that is watched, until this is dropped or the component retires.
///
/// A merge that is calling the function when this is dropped finishes the call.
#[derive(Debug)]
#[must_use = "the function is watched until the guard is dropped"]
pub struct Watch {
    id: u64,
}

impl Watch {
    fn begin(site: &'static Callsite, offset: u32, reader: Reader) -> Watch {
        let definition = site.definition();
        let component = match definition.scope.space() {
            Space::Component => Component::or_outside(Component::current()).id(),
            Space::Process => PROCESS,
        };
        let place = Place {
            component,
            cell: hot::quietly(|| site.register()) + offset,
        };
        Watch {
            id: observed::watch(definition, place, reader),
        }
    }

    /// Goes on watching until the component retires; without one, as long as the process runs.
    pub fn detach(self) {
        std::mem::forget(self);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        observed::end(self.id);
    }
}

macro_rules! handles {
    ($metric:ident, $series:ident, $cells:ident) => {
        impl<L: LabelSet> $metric<L> {
            /// The handle of a callsite; for the macro.
            #[doc(hidden)]
            pub const fn at(site: &'static Callsite) -> $metric<L> {
                $metric {
                    site,
                    labels: PhantomData,
                }
            }

            /// The series with these label values.
            pub fn with(self, labels: L) -> $series {
                $series {
                    site: self.site,
                    offset: labels.series() * $cells,
                }
            }
        }
    };
}

handles! { ObservedGauge, ObservedGaugeSeries, GAUGE_CELLS }
handles! { ObservedCounter, ObservedCounterSeries, COUNTER_CELLS }

impl ObservedGauge {
    /// Watches a function in the component that this thread is in now. Several functions of one series add up.
    pub fn watch<V: GaugeValue>(self, read: impl FnMut() -> V + Send + 'static) -> Watch {
        self.with(()).watch(read)
    }
}

impl ObservedGaugeSeries {
    /// Watches a function in the component that this thread is in now. Several functions of one series add up.
    pub fn watch<V: GaugeValue>(self, mut read: impl FnMut() -> V + Send + 'static) -> Watch {
        let offset = self.offset + self.site.definition().set_cell();
        let reader = Reader::Gauge(Box::new(move || read().into_value()));
        Watch::begin(self.site, offset, reader)
    }
}

impl ObservedCounter {
    /// Watches a function in the component that this thread is in now. Several functions of one series add up.
    pub fn watch<V: CounterValue>(self, read: impl FnMut() -> V + Send + 'static) -> Watch {
        self.with(()).watch(read)
    }
}

impl ObservedCounterSeries {
    /// Watches a function in the component that this thread is in now. Several functions of one series add up.
    pub fn watch<V: CounterValue>(self, mut read: impl FnMut() -> V + Send + 'static) -> Watch {
        let timed = self.site.definition().is_in_nanoseconds();
        let reader = Reader::Counter(Box::new(move || read().count(timed)));
        Watch::begin(self.site, self.offset, reader)
    }
}
