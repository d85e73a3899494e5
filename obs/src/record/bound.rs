//! Recording for a series with dynamic labels: its cells were looked up once, by text, and are remembered.

use std::sync::Arc;

use super::annex::{LONGEST_VALUE, Plan, join, shorten};
use super::closed::Closed;
use super::hot::{self, Summand, WORLD, lane, owned, replace_owned};
use super::lane::{Lane, NO_EPOCH};
use super::lease::Place;
use super::life::{Space, State};
use super::lookup::{self, Key};
use super::registry::PROCESS;
use super::shared::Shared;
use super::slab::{Position, SlabRef};
use crate::callsite::{Callsite, OFF};
use crate::catalogue::definition::GAUGE_SET;
use crate::catalogue::{Kind, mark_of};
use crate::number;

/// Where the cells of one series with dynamic labels are, for the component that the thread was in when it was looked up.
#[derive(Clone, Copy)]
pub(crate) struct Bound {
    series: Series,
    /// A slab with all cells of the series, held by the lane of this epoch.
    slab: SlabRef,
    epoch: u64,
    /// The part of the annex's shared slab that has all cells of a gauge, or the empty slab. While this lane holds `slab`,
    /// the annex is not folded, and its shared slab stays.
    shared: SlabRef,
    /// Index of the series' first cell in `shared`.
    set: u32,
}

/// Which series it is. The slow paths take it by value, so that a bound metric can stay in registers.
#[derive(Clone, Copy)]
struct Series {
    site: &'static Callsite,
    /// The annex that has the series, or, in the overflow series, the component itself.
    home: u64,
    /// Index of the series' first cell; [`OVERFLOW`] in the overflow series.
    first: u32,
}

/// No series begins there.
const OVERFLOW: u32 = u32::MAX;

/// An epoch that no lane ever has. What a callsite that is off puts over an epoch makes it this one.
const NEVER: u64 = u64::MAX;
const _: () = assert!(NEVER != NO_EPOCH && NEVER == OFF);

/// Looks a series up, in the component that the thread is in: in what the thread remembers first.
#[inline(always)]
pub(crate) fn bind<const N: usize>(
    site: &'static Callsite,
    space: Space,
    values: &[&str; N],
) -> Bound {
    // SAFETY: the lane stays in this function.
    #[expect(unsafe_code, reason = "spares the result a way through memory")]
    let lane = unsafe { hot::own_lane() };
    let home = match space {
        Space::Component => lane.component(),
        Space::Process => PROCESS,
    };
    match lookup::find(lane, Key::of(site, home), values) {
        Some(bound) if bound.is_held_by(lane) => *bound,
        _ => bind_cold(site, home, values),
    }
}

#[cold]
#[inline(never)]
fn bind_cold<const N: usize>(site: &'static Callsite, home: u64, values: &[&str; N]) -> Bound {
    // A recording allocator that asks in the middle of this very thing gets an answer without a look.
    if site.is_off() || lane(Lane::is_busy) {
        return Bound::overflow(site, home);
    }
    let key = Key::of(site, home);
    let is_long = values.iter().any(|value| value.len() > LONGEST_VALUE);
    let values = &values.map(cut);
    if is_long && let Some(bound) = lane(|lane| lookup::known(lane, key, values)) {
        return bound;
    }
    if lane(|lane| lookup::overflows(lane, key, values)) {
        return Bound::overflow(site, home);
    }
    let text = hot::quietly(|| join(values));
    let bound = look_up(site, home, &text);
    match bound {
        Some(bound) if bound.epoch != NEVER => {
            lane(|lane| lane.remember(|known| known.remember(key, values, text, bound)));
        }
        _ => hot::quietly(|| drop(text)),
    }
    bound.unwrap_or_else(|| Bound::overflow(site, home))
}

/// The value as it is exported: what is longer than others can bear is cut. Values are remembered as they are exported, so a
/// long one always comes here.
fn cut(value: &str) -> &str {
    if value.len() <= LONGEST_VALUE {
        return value;
    }
    WORLD.count_cut();
    shorten(value)
}

/// `None`: the component has no room for a series with this text, or the metric is off and gets no new ones, or a recording
/// allocator asks for one in the middle of this very thing.
fn look_up(site: &'static Callsite, home: u64, text: &[u8]) -> Option<Bound> {
    lane(|lane| {
        let metric = hot::first_cell(lane, site)?;
        let definition = site.definition();
        let plan = Plan {
            metric,
            cells: definition.cells(),
            max_series: definition.max_series,
            labels: definition.dynamic.len() as u32,
        };
        let series = lane.alone(&WORLD, || {
            let annex = WORLD.annex(home).ok_or(None)?;
            let first = annex.first_cell(plan, text);
            let first = first.ok_or_else(|| annex.closed(plan))?;
            Ok((annex.life.component, first))
        })?;
        let (annex, first) = match series {
            Ok(series) => series,
            Err(closed) => {
                overflow(lane, site, home, closed);
                return None;
            }
        };
        let last = first + plan.cells - 1;
        let (slab, epoch) = lane.place_in_annex(&WORLD, annex, last, |place| match place {
            Some(Place::Owned(slab)) => (slab, lane.epoch()),
            _ => (SlabRef::empty(), NEVER),
        })?;
        let mut bound = Bound {
            series: Series {
                site,
                home: annex,
                first,
            },
            slab,
            epoch,
            shared: SlabRef::empty(),
            set: 0,
        };
        if definition.kind == Kind::Gauge && epoch != NEVER {
            bound.remember_shared(lane, plan.cells);
        }
        Some(bound)
    })
}

/// Counts a look-up that there is no room for. Where there will be none, the thread remembers that, so that it can say so itself.
fn overflow(lane: &Lane, site: &'static Callsite, home: u64, closed: Option<Arc<Closed>>) {
    site.overflows().inc();
    if let Some(closed) = closed {
        let key = Key::of(site, home);
        lane.remember(|known| known.remember_closed(key, site, closed));
    }
}

impl Bound {
    /// The series of what has no series of its own: the metric's own cells in the component.
    fn overflow(site: &'static Callsite, component: u64) -> Bound {
        Bound {
            series: Series {
                site,
                home: component,
                first: OVERFLOW,
            },
            slab: SlabRef::empty(),
            epoch: NEVER,
            shared: SlabRef::empty(),
            set: 0,
        }
    }

    /// Whether this is the lane that remembers it, and has given nothing back since.
    #[inline(always)]
    pub(super) fn is_held_by(&self, lane: &Lane) -> bool {
        self.epoch == lane.epoch()
    }

    #[cold]
    fn remember_shared(&mut self, lane: &Lane, cells: u32) {
        let _busy = lane.busy();
        let Some(life) = WORLD.existing(self.series.home) else {
            return;
        };
        let first = self.series.first;
        let mut shared = Shared::of(&WORLD, &life);
        let last = first + cells - 1;
        if shared.cell(last).is_some()
            && let Some(part) = shared.slabs.shared_part(last)
            && part.first <= first
        {
            (self.shared, self.set) = (part.slab, first - part.first);
        }
    }

    #[inline(always)]
    pub(crate) fn site(self) -> &'static Callsite {
        self.series.site
    }

    /// Which of the metric's series it is: a number above 0 that no other one of the component has.
    pub(crate) fn mark(self) -> u64 {
        mark_of(self.series.first)
    }

    /// The slab with its cells, if it is this thread's and the metric is on.
    #[inline(always)]
    fn held(self, lane: &Lane) -> Option<SlabRef> {
        (lane.epoch() == self.epoch | self.series.site.off()).then_some(self.slab)
    }

    /// Adds to one of its cells.
    #[inline(always)]
    pub(crate) fn add(self, offset: u32, n: u64) {
        if !self.try_add(offset, n) {
            self.series.add_elsewhere(offset, n);
        }
    }

    /// Adds to one of its cells if this thread holds the slab that is remembered.
    #[inline(always)]
    fn try_add(self, offset: u32, n: u64) -> bool {
        lane(|lane| {
            let held = self.held(lane);
            if let Some(slab) = held {
                let position = Position::of(self.series.first + offset);
                owned(lane, slab, position).add_owned(n);
            }
            held.is_some()
        })
    }

    /// Adds to one of its cells, also while the metric is off; as [`hot::add_anyway`].
    pub(crate) fn add_anyway(self, offset: u32, n: u64) {
        self.series.add_anyway(offset, n);
    }

    /// Adds to one cell of a gauge if this thread holds the slab: one that has been set counts elsewhere.
    #[inline(always)]
    pub(crate) fn try_count(self, offset: u32, n: u64) -> bool {
        !self.series.site.is_set() && self.try_add(offset, n)
    }

    /// Adds an observation to a histogram.
    #[inline(always)]
    pub(crate) fn observe<S: Summand>(self, cells: [u32; 2], weight: u64, value: S) {
        lane(|lane| match self.held(lane) {
            Some(slab) => self.series.observe_owned(lane, slab, cells, weight, value),
            None => self.series.observe_elsewhere(cells, weight, value),
        });
    }

    /// Replaces one cell by a function of it, which also gives a result; `None` where the thread cannot hold a slab.
    #[inline(always)]
    pub(crate) fn replace<R>(self, offset: u32, f: impl Fn(u64) -> (u64, R)) -> Option<R> {
        let series = self.series;
        let held = lane(|lane| {
            let slab = self.held(lane)?;
            Some(series.replace_owned(lane, slab, offset, &f))
        });
        if held.is_some() || series.first == OVERFLOW || series.site.is_off() {
            return held;
        }
        let mut result = None;
        series.elsewhere(offset, |place, _| {
            if let Place::Owned(slab) = place {
                result = Some(lane(|lane| series.replace_owned(lane, slab, offset, &f)));
            }
        });
        result
    }

    /// Sets a gauge.
    #[inline(always)]
    pub(crate) fn store(self, offset: u32, bits: u64) {
        lane(|lane| {
            let holds = self.held(lane).is_some();
            if holds && self.series.site.is_set() && self.shared.capacity() != 0 {
                // SAFETY: a slab that is not empty has all cells of the series from `set` on.
                #[expect(unsafe_code, reason = "the hot path of `set`")]
                let cell = unsafe { self.shared.cell((self.set + offset + GAUGE_SET) as usize) };
                cell.store(bits);
            } else {
                self.series.store_elsewhere(offset, bits);
            }
        });
    }

    /// Adds to what a gauge of any number is set to.
    #[inline(always)]
    pub(crate) fn add_to_set(self, offset: u32, value: f64) {
        lane(|lane| {
            let holds = self.held(lane).is_some();
            if holds && self.series.site.is_set() && self.shared.capacity() != 0 {
                // SAFETY: a slab that is not empty has all cells of the series from `set` on.
                #[expect(unsafe_code, reason = "the hot path of `add`")]
                let cell = unsafe { self.shared.cell((self.set + offset + GAUGE_SET) as usize) };
                cell.update(|bits| number::added(bits, value));
            } else {
                self.series.add_to_set_elsewhere(offset, value);
            }
        });
    }

    /// Adds to one cell what it lacks, over all slabs of the annex; as [`hot::raise`].
    pub(crate) fn raise(self, offset: u32, least: u64) {
        self.series.raise(offset, least);
    }

    /// Adds to one cell of a gauge, or, in a series that is set, changes what it is set to; as [`hot::change_gauge`].
    pub(crate) fn change_gauge(self, cells: [u32; 2], n: u64, change: impl Fn(u64) -> u64) {
        self.series.change_gauge(cells, n, change);
    }
}

impl Series {
    #[inline(never)]
    fn add_elsewhere(self, offset: u32, n: u64) {
        if self.site.is_off() {
            return;
        }
        if self.first == OVERFLOW {
            return self.at_home(|space| hot::add(self.site, space, offset, n));
        }
        self.add_anyway(offset, n);
    }

    fn add_anyway(self, offset: u32, n: u64) {
        if self.first == OVERFLOW {
            return self.at_home(|space| hot::add_anyway(self.site, space, offset, n));
        }
        self.elsewhere(offset, |place, first| match place {
            Place::Owned(slab) => {
                lane(|lane| owned(lane, slab, Position::of(first + offset)).add_owned(n));
            }
            Place::Shared(mut shared) => {
                if let Some(cell) = shared.cell(first + offset) {
                    cell.add_shared(n);
                }
            }
        });
    }

    #[inline(always)]
    fn observe_owned<S: Summand>(
        self,
        lane: &Lane,
        slab: SlabRef,
        [bucket, sum]: [u32; 2],
        weight: u64,
        value: S,
    ) {
        owned(lane, slab, Position::of(self.first + bucket)).add_owned(weight);
        value.add_owned(owned(lane, slab, Position::of(self.first + sum)));
    }

    #[inline(never)]
    fn observe_elsewhere<S: Summand>(self, [bucket, sum]: [u32; 2], weight: u64, value: S) {
        if self.site.is_off() {
            return;
        }
        if self.first == OVERFLOW {
            return self.at_home(|space| {
                hot::observe(self.site, space, [bucket, sum], weight, value);
            });
        }
        self.elsewhere(bucket.max(sum), |place, first| match place {
            Place::Owned(slab) => {
                lane(|lane| self.observe_owned(lane, slab, [bucket, sum], weight, value));
            }
            Place::Shared(mut shared) => {
                if let Some(cell) = shared.cell(first + bucket) {
                    cell.add_shared(weight);
                }
                if let Some(cell) = shared.cell(first + sum) {
                    value.add_shared(cell);
                }
            }
        });
    }

    #[inline(always)]
    fn replace_owned<R>(
        self,
        lane: &Lane,
        slab: SlabRef,
        offset: u32,
        f: impl Fn(u64) -> (u64, R),
    ) -> R {
        replace_owned(owned(lane, slab, Position::of(self.first + offset)), f)
    }

    #[inline(never)]
    fn store_elsewhere(self, offset: u32, bits: u64) {
        if self.site.is_off() {
            return;
        }
        if self.first == OVERFLOW {
            return self.at_home(|space| hot::store(self.site, space, offset, bits));
        }
        let registered = lane(|lane| hot::set_cell(lane, self.site));
        if registered.is_some() {
            let cell = self.first + offset + GAUGE_SET;
            self.in_shared(|shared| {
                if let Some(cell) = shared.cell(cell) {
                    cell.store(bits);
                }
            });
        }
    }

    #[inline(never)]
    fn add_to_set_elsewhere(self, offset: u32, value: f64) {
        if self.first == OVERFLOW {
            return self.at_home(|space| hot::add_to_set(self.site, space, offset, value));
        }
        let registered = lane(|lane| hot::set_cell(lane, self.site));
        if registered.is_some() {
            let cell = self.first + offset + GAUGE_SET;
            self.in_shared(|shared| {
                if let Some(cell) = shared.cell(cell) {
                    cell.update(|bits| number::added(bits, value));
                }
            });
        }
    }

    #[inline(never)]
    fn raise(self, offset: u32, least: u64) {
        if self.first == OVERFLOW {
            return self.at_home(|space| hot::raise(self.site, space, offset, least));
        }
        let cell = self.first + offset;
        self.in_shared(|shared| {
            let lacking = least.saturating_sub(shared.total(cell));
            if let Some(cell) = shared.cell(cell) {
                cell.add_shared(lacking);
            }
        });
    }

    #[inline(never)]
    fn change_gauge(self, [counted, set]: [u32; 2], n: u64, change: impl Fn(u64) -> u64) {
        if self.site.is_off() {
            return;
        }
        if self.first == OVERFLOW {
            return self.at_home(|space| {
                if !hot::try_add(self.site, space, counted, n) {
                    hot::change_gauge(self.site, space, [counted, set], n, change);
                }
            });
        }
        if !self.site.is_set() {
            return self.add_elsewhere(counted, n);
        }
        let (counted, set) = (self.first + counted, self.first + set);
        self.in_shared(|shared| match (shared.cell(set), shared.cell(counted)) {
            (Some(set), _) if set.load() != 0 => set.update(change),
            (_, Some(counted)) => counted.add_shared(n),
            (_, None) => {}
        });
    }

    /// Records where the slab that is remembered is not this thread's: in another slab that it holds, in the shared one,
    /// or, where the component is gone, in the totals of its metric. `record` gets the place and the first cell there.
    fn elsewhere(self, last: u32, record: impl FnOnce(Place<'_>, u32)) {
        let (first, last) = (self.first, self.first + last);
        lane(|lane| {
            let window = lane.find(self.home);
            if let Some(slab) = window.and_then(|window| window.slab_with(last)) {
                return record(Place::Owned(slab), first);
            }
            lane.place_in_annex(&WORLD, self.home, last, |place| {
                if let Some(place) = place {
                    record(place, first);
                } else if let Some(total) = self.site.first() {
                    WORLD.departed(|shared| record(Place::Shared(shared), total));
                }
            });
        });
    }

    /// Runs `record` on the annex's shared slab; not at all where the component is gone, whose gauges have gone with it.
    fn in_shared(self, record: impl FnOnce(&mut Shared<'_>)) {
        if self.site.is_off() {
            return;
        }
        lane(|lane| {
            lane.alone(&WORLD, || {
                let Some(life) = WORLD.existing(self.home) else {
                    return;
                };
                let mut shared = Shared::of(&WORLD, &life);
                if shared.slabs.state != State::Gone {
                    record(&mut shared);
                }
            })
        });
    }

    /// Records in the component that the series was looked up in.
    fn at_home(self, record: impl FnOnce(Space)) {
        let space = self.site.definition().scope.space();
        if space == Space::Process || lane(Lane::component) == self.home {
            return record(space);
        }
        let scope = hot::enter(self.home);
        record(space);
        hot::leave(&scope);
    }
}
