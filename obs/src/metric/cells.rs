//! Where the cells of a metric are: at a place that every slab has, or where a look-up found them.

use crate::callsite::Callsite;
use crate::clock::Stopwatch;
use crate::component::Component;
use crate::record::bound;
use crate::record::hot;
use crate::record::life::Space;
use crate::span::exemplar::{self, Observed};

/// Where the cells of a metric are: [`Fixed`], or [`Bound`] for what has dynamic labels.
pub trait Cells: sealed::Record + Copy + 'static {}

/// Cells at a place of their own in the slabs of every component; the default.
#[derive(Clone, Copy)]
pub struct Fixed {
    site: &'static Callsite,
    space: Space,
}

/// Cells of one combination of dynamic labels, in the component where it was looked up; see
/// [`Dynamic`](crate::Dynamic).
#[derive(Clone, Copy)]
pub struct Bound(pub(crate) bound::Bound);

impl Cells for Fixed {}
impl Cells for Bound {}

impl Fixed {
    pub(crate) const fn at(site: &'static Callsite) -> Fixed {
        Fixed {
            site,
            space: site.definition().scope.space(),
        }
    }

    /// Looks up the cells of a combination of label values.
    #[inline(always)]
    pub(crate) fn bind<const N: usize>(self, values: &[&str; N]) -> Bound {
        Bound(bound::bind(self.site, self.space, values))
    }
}

pub(crate) mod sealed {
    use super::{Callsite, Component, Observed, Stopwatch};

    /// What can be done to the cells of a series, by their offset from the metric's first one.
    pub trait Record {
        fn site(&self) -> &'static Callsite;
        fn add(&self, offset: u32, n: u64);
        /// The same, also while the metric is off.
        fn add_anyway(&self, offset: u32, n: u64);
        /// Counts a gauge up or down if this thread holds its cells and nobody has set it.
        fn try_count(&self, offset: u32, n: u64) -> bool;
        /// Adds an observation to a bucket, as often as `weight` says, and to an integer sum.
        fn observe(&self, cells: [u32; 2], weight: u64, value: u64);
        /// The same for a sum of floats.
        fn observe_number(&self, cells: [u32; 2], weight: u64, value: f64);
        /// Offers the trace that the thread is in as an exemplar of what was observed into that cell.
        fn offer(&self, offset: u32, observed: Observed, watch: &Stopwatch, now: u64);
        fn replace<R>(&self, offset: u32, f: impl Fn(u64) -> (u64, R)) -> Option<R>;
        fn store(&self, offset: u32, bits: u64);
        fn change_gauge(&self, cells: [u32; 2], n: u64, change: impl Fn(u64) -> u64);
        /// Adds to what a gauge of any number is set to.
        fn add_to_set(&self, offset: u32, value: f64);
        /// Adds what the sum over all threads lacks to so much.
        fn raise(&self, offset: u32, least: u64);
        /// The component whose series it is now.
        fn component(&self) -> Option<Component>;
        /// Records for that component, wherever the thread is by then.
        fn back_in(&self, component: Option<Component>, record: impl FnOnce());
    }
}

impl sealed::Record for Fixed {
    #[inline(always)]
    fn site(&self) -> &'static Callsite {
        self.site
    }

    #[inline(always)]
    fn add(&self, offset: u32, n: u64) {
        hot::add(self.site, self.space, offset, n);
    }

    fn add_anyway(&self, offset: u32, n: u64) {
        hot::add_anyway(self.site, self.space, offset, n);
    }

    #[inline(always)]
    fn try_count(&self, offset: u32, n: u64) -> bool {
        hot::try_add(self.site, self.space, offset, n)
    }

    #[inline(always)]
    fn observe(&self, cells: [u32; 2], weight: u64, value: u64) {
        hot::observe(self.site, self.space, cells, weight, value);
    }

    #[inline(always)]
    fn observe_number(&self, cells: [u32; 2], weight: u64, value: f64) {
        hot::observe(self.site, self.space, cells, weight, value);
    }

    #[inline]
    fn offer(&self, offset: u32, observed: Observed, watch: &Stopwatch, now: u64) {
        if let Some(first) = self.site.first() {
            exemplar::offer(self.space, first + offset, observed, watch, now);
        }
    }

    #[inline(always)]
    fn replace<R>(&self, offset: u32, f: impl Fn(u64) -> (u64, R)) -> Option<R> {
        hot::replace(self.site, self.space, offset, f)
    }

    #[inline(always)]
    fn store(&self, offset: u32, bits: u64) {
        hot::store(self.site, self.space, offset, bits);
    }

    fn change_gauge(&self, cells: [u32; 2], n: u64, change: impl Fn(u64) -> u64) {
        hot::change_gauge(self.site, self.space, cells, n, change);
    }

    #[inline(always)]
    fn add_to_set(&self, offset: u32, value: f64) {
        hot::add_to_set(self.site, self.space, offset, value);
    }

    fn raise(&self, offset: u32, least: u64) {
        hot::raise(self.site, self.space, offset, least);
    }

    #[inline(always)]
    fn component(&self) -> Option<Component> {
        match self.space {
            Space::Component => Component::current(),
            Space::Process => None,
        }
    }

    #[inline]
    fn back_in(&self, component: Option<Component>, record: impl FnOnce()) {
        if self.space == Space::Process || Component::current() == component {
            record();
        } else {
            Component::or_outside(component).scope(record);
        }
    }
}

impl sealed::Record for Bound {
    #[inline(always)]
    fn site(&self) -> &'static Callsite {
        self.0.site()
    }

    #[inline(always)]
    fn add(&self, offset: u32, n: u64) {
        self.0.add(offset, n);
    }

    fn add_anyway(&self, offset: u32, n: u64) {
        self.0.add_anyway(offset, n);
    }

    #[inline(always)]
    fn try_count(&self, offset: u32, n: u64) -> bool {
        self.0.try_count(offset, n)
    }

    #[inline(always)]
    fn observe(&self, cells: [u32; 2], weight: u64, value: u64) {
        self.0.observe(cells, weight, value);
    }

    #[inline(always)]
    fn observe_number(&self, cells: [u32; 2], weight: u64, value: f64) {
        self.0.observe(cells, weight, value);
    }

    /// Cells that are looked up have no place by which an exemplar would find them.
    #[inline(always)]
    fn offer(&self, _: u32, _: Observed, _: &Stopwatch, _: u64) {}

    #[inline(always)]
    fn replace<R>(&self, offset: u32, f: impl Fn(u64) -> (u64, R)) -> Option<R> {
        self.0.replace(offset, f)
    }

    #[inline(always)]
    fn store(&self, offset: u32, bits: u64) {
        self.0.store(offset, bits);
    }

    fn change_gauge(&self, cells: [u32; 2], n: u64, change: impl Fn(u64) -> u64) {
        self.0.change_gauge(cells, n, change);
    }

    #[inline(always)]
    fn add_to_set(&self, offset: u32, value: f64) {
        self.0.add_to_set(offset, value);
    }

    fn raise(&self, offset: u32, least: u64) {
        self.0.raise(offset, least);
    }

    /// The one it was looked up in, always: nothing to remember.
    #[inline(always)]
    fn component(&self) -> Option<Component> {
        None
    }

    #[inline(always)]
    fn back_in(&self, _: Option<Component>, record: impl FnOnce()) {
        record();
    }
}

impl std::fmt::Debug for Fixed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Fixed")
            .field(&self.site.definition().name)
            .finish()
    }
}

impl std::fmt::Debug for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = self.0.site().definition().name;
        f.debug_tuple("Bound").field(&name).finish()
    }
}
