//! Adding up what all threads have recorded. For obs-runtime: one collector per process.

/// The adding itself.
mod adder;
/// Series with dynamic labels in a merge.
mod dynamic;
/// Taking in spans.
pub mod spans;

pub use spans::Spans;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::catalogue::{self, CellClass, Scope};
pub use crate::catalogue::{Catalogue, Metric, Reading};
use crate::component::Component;
use crate::observed;
pub use crate::record::world::Stats;
pub use dynamic::DynamicSeries;

use adder::Adder;

use crate::record::annex::{Annex, View};
use crate::record::hot::{self, WORLD};
use crate::record::life::{Life, State};

/// The one that merges. Dropping it lets another be acquired, and switches on what is off; nothing recorded is lost
/// meanwhile.
#[derive(Debug)]
pub struct Collector {
    /// When a merge first saw a component retired.
    retired: HashMap<Component, Instant>,
}

/// What all threads had recorded when a merge read it.
///
/// Whatever happened before the merge began is in it; no series of a life is lower than in an earlier merge. It is no
/// cut in time across series.
#[derive(Debug, Clone, Default)]
pub struct Merge {
    /// Every metric, those that are off included, by name and literal labels; several with one name form a family.
    pub metrics: Arc<[Metric]>,
    /// One entry per component that lives or lingers; the first is what was recorded outside any.
    pub lives: Vec<MergedLife>,
    /// Cells of `scope = process` metrics.
    pub process: Vec<u64>,
    /// Series of `scope = process` metrics with dynamic labels.
    pub process_dynamic: Vec<DynamicSeries>,
    /// Cells of components that are gone: part of totals, not of the exposition.
    pub departed: Vec<u64>,
    /// What the record path counts about itself.
    pub stats: Stats,
    /// How often a series was looked up that there was no room for, by the name of the metric.
    pub overflows: BTreeMap<&'static str, u64>,
    /// How often a function panicked that an observed metric asked, by the name of the metric.
    pub observer_panics: BTreeMap<&'static str, u64>,
}

/// The cells of one life of a component.
#[derive(Debug, Clone)]
pub struct MergedLife {
    /// The handle.
    pub component: Component,
    /// Its name; `None` for what was recorded outside any component.
    pub name: Option<Arc<str>>,
    /// Whether it has been retired and lingers.
    pub retired: bool,
    /// Cells by index, to be read with [`Metric::read`]. Those of a metric with dynamic labels are its overflow series.
    pub cells: Vec<u64>,
    /// Series with dynamic labels, an entry per metric.
    pub dynamic: Vec<DynamicSeries>,
}

static ACQUIRED: AtomicBool = AtomicBool::new(false);

impl Collector {
    /// Acquires the process's collector; `None` while another holds it.
    pub fn acquire() -> Option<Collector> {
        let acquired = !ACQUIRED.swap(true, Ordering::AcqRel);
        acquired.then(|| Collector {
            retired: HashMap::new(),
        })
    }

    /// Every metric linked into the binary or used so far, with conflicts.
    pub fn catalogue(&self) -> Catalogue {
        catalogue::catalogue()
    }

    /// Asks the functions of observed metrics, and adds up all slabs.
    pub fn merge(&mut self) -> Merge {
        observed::look(None);
        let observer_panics = observed::panics();
        hot::quietly(|| {
            let metrics: Arc<[Metric]> = catalogue::catalogue().metrics.into();
            let component = Numbering::of(&metrics, Scope::Component);
            let process = Numbering::of(&metrics, Scope::Process);
            let lives = WORLD.lives();
            let mut adder = Adder::default();
            let of_process = merge_life(&lives.process, &process, &mut adder);
            let departed = merge_life(&lives.departed, &component, &mut adder);
            let components = lives.components.iter();
            Merge {
                process: of_process.cells,
                process_dynamic: of_process.dynamic,
                departed: departed.cells,
                lives: components
                    .map(|life| merge_life(life, &component, &mut adder))
                    .collect(),
                metrics,
                stats: WORLD.stats(),
                overflows: catalogue::overflows(),
                observer_panics,
            }
        })
    }

    /// Lets components go that have been retired for longer than `linger`: what they counted moves into the totals of
    /// the departed, and their slabs to whoever needs some next. One whose slabs a thread still holds stays.
    ///
    /// Returns how many went.
    pub fn expire(&mut self, linger: Duration, now: Instant) -> usize {
        hot::quietly(|| {
            let metrics = catalogue::catalogue().metrics;
            let classes = Numbering::of(&metrics, Scope::Component).classes;
            let lives = WORLD.lives().components;
            let retired = lives
                .iter()
                .filter(|life| life.lock().state == State::Retired);
            let mut seen = HashMap::new();
            let mut gone = 0;
            for life in retired {
                let component = Component::from_id(life.component);
                let since = *self.retired.get(&component).unwrap_or(&now);
                if now.duration_since(since) >= linger && fold(life, &classes) {
                    gone += 1;
                } else {
                    seen.insert(component, since);
                }
            }
            self.retired = seen;
            gone
        })
    }

    /// The component that each thread with a lease is in, for whoever looks from outside.
    pub fn whereabouts(&self) -> Vec<Option<Component>> {
        hot::quietly(|| {
            let components = WORLD.whereabouts().into_iter();
            components.map(Component::inside).collect()
        })
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        catalogue::forget_switches();
        ACQUIRED.store(false, Ordering::Release);
    }
}

/// What the cells of a scope's lives mean.
struct Numbering {
    classes: Vec<CellClass>,
    /// The float sums among them.
    floats: Vec<u32>,
    /// For each cell, the end of the series that it belongs to.
    ends: Vec<u32>,
}

impl Numbering {
    fn of(metrics: &[Metric], scope: Scope) -> Numbering {
        let mut classes = vec![CellClass::Kept; WORLD.cells(scope.space()) as usize];
        let mut ends = vec![0; classes.len()];
        for metric in metrics
            .iter()
            .filter(|metric| metric.definition.scope == scope)
        {
            let first = metric.first_cell as usize;
            for (offset, class) in metric.classes().enumerate() {
                if let Some(cell) = classes.get_mut(first + offset) {
                    *cell = class;
                }
            }
            let per_series = metric.definition.cells_per_series();
            let cells = ends.iter_mut().skip(first);
            for (end, offset) in cells.zip(0..metric.definition.cells()) {
                *end = metric.first_cell + (offset / per_series + 1) * per_series;
            }
        }
        let floats = classes.iter().zip(0..);
        let floats = floats.filter(|(class, _)| **class == CellClass::FloatSum);
        Numbering {
            floats: floats.map(|(_, cell)| cell).collect(),
            classes,
            ends,
        }
    }

    /// So many cells and the rest of the series that the last one belongs to: a slab may end in the middle of one of which
    /// only the first cells were recorded.
    fn whole(&self, cells: u32) -> u32 {
        let last = cells.checked_sub(1).map(|last| last as usize);
        let end = last.and_then(|last| self.ends.get(last)).copied();
        end.unwrap_or(0).max(cells)
    }

    /// The float sums among the cells of an annex.
    fn floats_in(&self, views: &[View]) -> Vec<u32> {
        let mut floats = Vec::new();
        for view in views {
            let class = |offset: &u32| self.classes.get((view.metric + offset) as usize);
            let sums = (0..view.cells).filter(|offset| class(offset) == Some(&CellClass::FloatSum));
            let sums: Vec<u32> = sums.collect();
            if !sums.is_empty() {
                let firsts = (0..view.len()).map(|series| view.first_cell(series));
                floats.extend(firsts.flat_map(|first| sums.iter().map(move |sum| first + sum)));
            }
        }
        floats
    }
}

/// Adds up what a life and its annex hold. For the collector, which alone zeroes slabs.
fn merge_life(life: &Life, numbering: &Numbering, adder: &mut Adder) -> MergedLife {
    let (state, annex) = {
        let slabs = life.lock();
        adder.take(slabs.all());
        (slabs.state, slabs.annex.clone())
    };
    merged(life, state, annex.as_deref(), numbering, adder)
}

/// Adds up the slabs that were taken, which are those of the life, and what its annex holds.
fn merged(
    life: &Life,
    state: State,
    annex: Option<&Annex>,
    numbering: &Numbering,
    adder: &mut Adder,
) -> MergedLife {
    let sums = adder.add(life, &numbering.floats);
    // As far as it was touched: what lies behind need not be looked at by anybody who reads the merge.
    let cells = extended(sums, numbering.whole(sums.len() as u32));
    let dynamic = annex.map(|annex| merge_annex(annex, &cells, numbering, adder));
    MergedLife {
        component: Component::from_id(life.component),
        name: life.name.clone(),
        retired: state != State::Live,
        dynamic: dynamic.unwrap_or_default(),
        cells,
    }
}

/// Adds up what an annex holds; `plain` are the cells of its component.
fn merge_annex(
    annex: &Annex,
    plain: &[u64],
    numbering: &Numbering,
    adder: &mut Adder,
) -> Vec<DynamicSeries> {
    let views = annex.view();
    adder.take(annex.life.lock().all());
    let sums = adder.add(&annex.life, &numbering.floats_in(&views));
    let cells: Arc<[u64]> = extended(sums, WORLD.cells_of(&annex.life)).into();
    let series = views.into_iter().map(|view| {
        let first = view.metric as usize;
        let shows_one = numbering.classes.get(first) == Some(&CellClass::Mark);
        DynamicSeries {
            mark: shows_one.then(|| plain.get(first).copied().unwrap_or(0)),
            view,
            cells: cells.clone(),
        }
    });
    series.collect()
}

/// Sums, and zeros up to so many cells.
fn extended(sums: &[u64], cells: u32) -> Vec<u64> {
    let count = sums.len().max(cells as usize);
    let mut all = Vec::with_capacity(count);
    all.extend_from_slice(sums);
    all.resize(count, 0);
    all
}

fn fold(life: &Life, classes: &[CellClass]) -> bool {
    WORLD.fold(life, |index, value, total| {
        match classes.get(index as usize).unwrap_or(&CellClass::Kept) {
            CellClass::Sum => total.add_shared(value),
            CellClass::FloatSum => total.add_float_shared(f64::from_bits(value)),
            CellClass::Level | CellClass::Kept | CellClass::Mark => {}
        }
    })
}

/// Adds up the cells of one component, for tests that look at no other. Needs no collector: it holds the locks of the life
/// and of its annex, so that no collector folds them meanwhile.
pub fn read(component: Component) -> Option<MergedLife> {
    observed::look(Some(component));
    hot::quietly(|| {
        let metrics = catalogue::catalogue().metrics;
        let numbering = Numbering::of(&metrics, Scope::Component);
        let life = WORLD.existing(component.id())?;
        let slabs = life.lock();
        if slabs.state == State::Gone {
            return None;
        }
        let mut adder = Adder::default();
        adder.take(slabs.all());
        let annex = slabs.annex.as_deref();
        Some(merged(&life, slabs.state, annex, &numbering, &mut adder))
    })
}
