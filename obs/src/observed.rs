//! What is observed instead of recorded: functions that tell a value when somebody looks, and the looks.
//!
//! A look calls every function, with no lock held that recording or watching takes: a function may record, and watch, and
//! end watches, its own included. The values go into cells like any other, of the component's shared slab, so that a merge
//! after the look reads them there.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use crate::catalogue::{self, Definition, Source};
use crate::component::Component;
use crate::number::{Level, Number};
use crate::record::hot::{self, WORLD};
use crate::record::registry::PROCESS;

/// What tells a value when it is called.
pub(crate) enum Reader {
    /// The level now.
    Gauge(Box<dyn FnMut() -> f64 + Send>),
    /// The count so far.
    Counter(Box<dyn FnMut() -> u64 + Send>),
}

/// The cell that a series is kept in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    /// The component's word, or that of the process.
    pub(crate) component: u64,
    pub(crate) cell: u32,
}

/// One function that is watched.
struct Watched {
    id: u64,
    metric: &'static str,
    place: Place,
    reader: Mutex<Reader>,
    /// What it told last: the bits of a level (no number before that), a count. Written by who looks, read by who looks
    /// meanwhile; relaxed, since it is a number on its own.
    told: AtomicU64,
}

struct Registry {
    next_id: u64,
    watched: Vec<Arc<Watched>>,
    /// Definitions whose functions are watched already, by address.
    functions: HashSet<usize>,
    /// Levels that the last looks wrote, to be taken back when nobody tells them any more.
    shown: HashSet<Place>,
    panics: BTreeMap<&'static str, u64>,
}

static REGISTRY: Mutex<Option<Registry>> = Mutex::new(None);

thread_local! {
    /// Whether this thread is looking: a function that causes a look sees the last one's values.
    static LOOKING: Cell<bool> = const { Cell::new(false) };
}

/// Watches a function until [`end`] is called with the result, or its component retires.
pub(crate) fn watch(metric: &'static Definition, place: Place, reader: Reader) -> u64 {
    let told = match &reader {
        Reader::Gauge(_) => f64::NAN.to_bits(),
        Reader::Counter(_) => 0,
    };
    with_registry(|registry| {
        registry.next_id += 1;
        let id = registry.next_id;
        registry.watched.push(Arc::new(Watched {
            id,
            metric: metric.name,
            place,
            reader: Mutex::new(reader),
            told: AtomicU64::new(told),
        }));
        id
    })
}

/// Ends a watch; the function is dropped here, or by a look that is calling it now.
pub(crate) fn end(id: u64) {
    let ended = with_registry(|registry| {
        let at = registry.watched.iter().position(|watched| watched.id == id);
        at.map(|at| registry.watched.swap_remove(at))
    });
    // After the registry's lock: what the function holds may do as it likes when it is dropped.
    drop(ended);
}

/// Calls every function that is watched, or those of one component, and keeps what they tell. Functions of metrics that are off
/// are not called.
pub(crate) fn look(only: Option<Component>) {
    if LOOKING.replace(true) {
        return;
    }
    if only.is_none() {
        watch_functions();
    }
    let concerned = |component: u64| only.is_none_or(|only| only.id() == component);
    let watched: Vec<Arc<Watched>> = with_registry(|registry| {
        let all = registry.watched.iter();
        let concerned = all.filter(|watched| concerned(watched.place.component));
        concerned.cloned().collect()
    });
    let (living, retired): (Vec<_>, Vec<_>) = watched
        .into_iter()
        .partition(|watched| WORLD.is_live(watched.place.component));
    let off = hot::quietly(catalogue::names_off);
    retired.iter().for_each(|watched| end(watched.id));
    let mut levels: HashMap<Place, Option<f64>> = HashMap::new();
    for watched in living
        .iter()
        .filter(|watched| !off.contains(watched.metric))
    {
        watched.tell(&mut levels);
    }
    write(&levels, concerned);
    // The last to hold a function drops it, and what that holds may panic.
    let _ = catch_unwind(AssertUnwindSafe(|| drop((living, retired))));
    LOOKING.set(false);
}

/// How often a function panicked, by metric.
pub(crate) fn panics() -> BTreeMap<&'static str, u64> {
    with_registry(|registry| registry.panics.clone())
}

impl Watched {
    /// Calls the function: a count goes where it belongs, a level is added to the others of its series. The level of a series
    /// is `None` where one of its functions panicked.
    fn tell(&self, levels: &mut HashMap<Place, Option<f64>>) {
        let mut reader = match self.reader.try_lock() {
            Ok(reader) => reader,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            // Another thread looks, or the function itself waits for us.
            Err(TryLockError::WouldBlock) => return self.tell_again(levels),
        };
        match &mut *reader {
            Reader::Gauge(read) => {
                let level = self.call(read);
                self.told
                    .store(level.unwrap_or(f64::NAN).to_bits(), Relaxed);
                add(levels, self.place, level);
            }
            Reader::Counter(read) => {
                if let Some(count) = self.call(read) {
                    // One that is lower than before has begun anew.
                    let before = self.told.swap(count, Relaxed);
                    let more = count.checked_sub(before).unwrap_or(count);
                    write_cell(self.place, |cell| cell.add_shared(more));
                }
            }
        }
    }

    /// Adds the level that it told last, so that the others of its series are not shown alone.
    fn tell_again(&self, levels: &mut HashMap<Place, Option<f64>>) {
        let is_level = with_registry(|registry| registry.shown.contains(&self.place));
        let level = f64::from_bits(self.told.load(Relaxed));
        if is_level && !level.is_nan() {
            add(levels, self.place, Some(level));
        }
    }

    /// Calls the function in its component.
    fn call<R>(&self, read: &mut (dyn FnMut() -> R + Send)) -> Option<R> {
        let told = catch_unwind(AssertUnwindSafe(|| match self.place.component {
            PROCESS => read(),
            component => Component::from_id(component).scope(read),
        }));
        if told.is_err() {
            with_registry(|registry| *registry.panics.entry(self.metric).or_default() += 1);
        }
        told.ok()
    }
}

fn add(levels: &mut HashMap<Place, Option<f64>>, place: Place, level: Option<f64>) {
    let sum = levels.entry(place).or_insert(Some(0.0));
    *sum = sum.zip(level).map(|(sum, level)| sum + level);
}

/// Watches the functions that macros were given, each once.
fn watch_functions() {
    for (definition, cell) in catalogue::functions() {
        let is_new = with_registry(|registry| {
            let address = std::ptr::from_ref(definition).addr();
            registry.functions.insert(address)
        });
        let reader = match definition.source {
            Source::Gauge(read) => Reader::Gauge(Box::new(read)),
            Source::Counter(read) => Reader::Counter(Box::new(read)),
            Source::Recorded | Source::Watched => continue,
        };
        if is_new {
            let place = Place {
                component: PROCESS,
                cell,
            };
            watch(definition, place, reader);
        }
    }
}

/// Writes the levels, and takes those back that nobody tells any more.
fn write(levels: &HashMap<Place, Option<f64>>, concerned: impl Fn(u64) -> bool) {
    let shown = |place: &Place| matches!(levels.get(place), Some(Some(_)));
    let untold: Vec<Place> = with_registry(|registry| {
        let places = registry.shown.iter().copied();
        let untold = places.filter(|place| concerned(place.component) && !shown(place));
        let untold: Vec<Place> = untold.collect();
        for place in &untold {
            registry.shown.remove(place);
        }
        let levels = levels.iter().filter(|(_, level)| level.is_some());
        registry.shown.extend(levels.map(|(place, _)| *place));
        untold
    });
    for place in untold {
        write_cell(place, |cell| cell.store(0));
    }
    for (place, level) in levels {
        if let Some(level) = level {
            write_cell(*place, |cell| cell.store(Number::bits(*level)));
        }
    }
}

/// Nothing is written for a component that has retired: it keeps what it showed last.
fn write_cell(place: Place, write: impl FnOnce(&crate::record::cell::Cell)) {
    hot::quietly(|| WORLD.write_live(place.component, place.cell, write));
}

fn with_registry<R>(f: impl FnOnce(&mut Registry) -> R) -> R {
    let mut registry: MutexGuard<'_, Option<Registry>> =
        REGISTRY.lock().unwrap_or_else(PoisonError::into_inner);
    f(registry.get_or_insert_with(|| Registry {
        next_id: 0,
        watched: Vec::new(),
        functions: HashSet::new(),
        shown: HashSet::new(),
        panics: BTreeMap::new(),
    }))
}
