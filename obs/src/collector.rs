//! Adding up what all threads have recorded. For obs-runtime: one collector per process.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::catalogue::{self, CellClass, Scope};
pub use crate::catalogue::{Catalogue, Metric, Reading};
use crate::component::Component;
pub use crate::record::world::Stats;

use crate::record::hot::{self, WORLD};
use crate::record::life::{Life, SharedPart, Space, State};

/// The one that merges. Dropping it lets another be acquired; nothing recorded is lost meanwhile.
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
    /// Every metric, by name and literal labels; several with one name form a family.
    pub metrics: Arc<[Metric]>,
    /// One entry per component that lives or lingers; the first is what was recorded outside any.
    pub lives: Vec<MergedLife>,
    /// Cells of `scope = process` metrics.
    pub process: Vec<u64>,
    /// Cells of components that are gone: part of totals, not of the exposition.
    pub departed: Vec<u64>,
    /// What the record path counts about itself.
    pub stats: Stats,
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
    /// Cells by index, to be read with [`Metric::read`].
    pub cells: Vec<u64>,
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

    /// Adds up all slabs.
    pub fn merge(&mut self) -> Merge {
        hot::quietly(|| {
            let metrics: Arc<[Metric]> = catalogue::catalogue().metrics.into();
            let floats = Floats::of(&metrics);
            let lives = WORLD.lives();
            let mut scratch = Vec::new();
            let mut sum = |life: &Life, floats: &[u32]| add_up(life, floats, &mut scratch);
            Merge {
                process: sum(&lives.process, &floats.process).1,
                departed: sum(&lives.departed, &floats.component).1,
                lives: lives
                    .components
                    .iter()
                    .map(|life| {
                        let (state, cells) = sum(life, &floats.component);
                        MergedLife {
                            component: Component::from_id(life.component),
                            name: life.name.clone(),
                            retired: state != State::Live,
                            cells,
                        }
                    })
                    .collect(),
                metrics,
                stats: WORLD.stats(),
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
            let classes = classes(&metrics, Scope::Component);
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
        ACQUIRED.store(false, Ordering::Release);
    }
}

/// The float sums among the cells of each scope.
struct Floats {
    component: Vec<u32>,
    process: Vec<u32>,
}

impl Floats {
    fn of(metrics: &[Metric]) -> Floats {
        let floats = |scope| {
            let classes = classes(metrics, scope).into_iter().enumerate();
            classes
                .filter(|(_, class)| *class == CellClass::FloatSum)
                .map(|(cell, _)| cell as u32)
                .collect()
        };
        Floats {
            component: floats(Scope::Component),
            process: floats(Scope::Process),
        }
    }
}

/// The class of every cell of a scope.
fn classes(metrics: &[Metric], scope: Scope) -> Vec<CellClass> {
    let mut classes = vec![CellClass::Kept; WORLD.cells(scope.space()) as usize];
    for metric in metrics
        .iter()
        .filter(|metric| metric.definition.scope == scope)
    {
        for (offset, class) in metric.classes().enumerate() {
            if let Some(cell) = classes.get_mut(metric.first_cell as usize + offset) {
                *cell = class;
            }
        }
    }
    classes
}

/// Adds up the slabs of a life: its lock is held while the list is copied, not while the cells are read. For the
/// collector, which alone zeroes slabs.
fn add_up(life: &Life, floats: &[u32], parts: &mut Vec<SharedPart>) -> (State, Vec<u64>) {
    parts.clear();
    let state = {
        let slabs = life.lock();
        parts.extend(slabs.all());
        slabs.state
    };
    (state, sums(life.space, floats, parts))
}

fn sums(space: Space, floats: &[u32], parts: &mut [SharedPart]) -> Vec<u64> {
    let in_use = WORLD.cells(space);
    let end = |part: &SharedPart| (part.first + part.slab.capacity()).min(in_use);
    let mut cells = vec![0u64; parts.iter().map(end).max().unwrap_or(0) as usize];
    for part in parts.iter() {
        let sums = cells.iter_mut().skip(part.first as usize);
        for (sum, cell) in sums.zip(part.slab.cells()) {
            *sum = sum.wrapping_add(cell.load());
        }
    }
    if !floats.is_empty() {
        // Always in the same order, whoever holds the slabs: another order could round to a smaller sum.
        parts.sort_unstable_by_key(|part| part.slab.address());
    }
    for &float in floats {
        if let Some(sum) = cells.get_mut(float as usize) {
            let values = parts
                .iter()
                .filter_map(|part| part.slab.get(float.wrapping_sub(part.first)));
            *sum = values
                .map(|cell| f64::from_bits(cell.load()))
                .sum::<f64>()
                .to_bits();
        }
    }
    cells
}

fn fold(life: &Life, classes: &[CellClass]) -> bool {
    WORLD.fold(life, |index, value, total| {
        match classes.get(index as usize).unwrap_or(&CellClass::Kept) {
            CellClass::Sum => total.add_shared(value),
            CellClass::FloatSum => total.add_float_shared(f64::from_bits(value)),
            CellClass::Level | CellClass::Kept => {}
        }
    })
}

/// Adds up the cells of one component, for tests that look at no other. Needs no collector: it holds the life's lock, so
/// that no collector folds the life meanwhile.
pub fn read(component: Component) -> Option<MergedLife> {
    hot::quietly(|| {
        let metrics = catalogue::catalogue().metrics;
        let life = WORLD.existing(component.id())?;
        let slabs = life.lock();
        if slabs.state == State::Gone {
            return None;
        }
        let mut parts: Vec<SharedPart> = slabs.all().collect();
        Some(MergedLife {
            component,
            name: life.name.clone(),
            retired: slabs.state != State::Live,
            cells: sums(life.space, &Floats::of(&metrics).component, &mut parts),
        })
    })
}
