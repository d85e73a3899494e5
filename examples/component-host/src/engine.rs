//! Compiles guests, limits them (memory, fuel, epochs), calls them, and says how each call ended.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::Result;
use obs::host::errors::ErrorType;
use obs::host::messages::Export;
use obs::host::resources;
use obs::host::resources::LinearMemory;
use obs::host::wasm::{
    self, Building, CACHE_BYTES, CACHE_HITS, CACHE_MISSES, ENGINE_LOCK_WAIT, EPOCH_TICKS,
    EpochAction, GuestCall,
};
use obs::{InFlight, Watch};
use wasmtime::component::{Component, Linker, TypedFunc};
use wasmtime::{Cache, CacheConfig, Config, ResourceLimiter, Store, Trap, UpdateDeadline};

use crate::adapters::wasmtime::{Limits, trap};
use crate::imports::{self, Services};
use crate::outcome::Fault;
use crate::tally::{Book, Figure};

/// Linear memory that a guest may have. *More means* that one guest can starve the others, *less means* that files near
/// [`MOST_BYTES`](imports::MOST_BYTES) no longer fit; default 8 MiB.
pub(crate) const MEMORY_LIMIT_BYTES: u64 = 8 << 20;
/// Elements of tables that a guest may have: those of this host have 16.
const TABLE_LIMIT: usize = 1_000;
/// How long an epoch is. *More means* guests hold an executor thread longer, *less means* more switches; default 2 ms.
const EPOCH: Duration = Duration::from_millis(2);
/// Fuel between two yields, so that guests yield (and move between threads) even within an epoch.
const YIELD_EVERY_FUEL: u64 = 200_000;

/// What one call may use up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    pub(crate) fuel: u64,
    pub(crate) epochs: u32,
}

/// Enough for every honest guest, even in a debug build under load.
pub(crate) const AMPLE: Budget = Budget {
    fuel: 1_000_000_000,
    epochs: 15_000,
};

/// Compiles and starts guests.
pub(crate) struct Engine {
    engine: wasmtime::Engine,
    linker: Linker<State>,
    cache: Cache,
    /// Whoever holds it compiles: two at once would take the processor away from the guests.
    compiling: Mutex<()>,
}

impl Engine {
    /// Makes an engine whose epochs pass by themselves for as long as it lives, and that keeps what it compiles in
    /// `directory`.
    pub(crate) fn new(directory: &Path) -> Result<Self> {
        let directory = std::path::absolute(directory)?.join("compiled");
        let cache = Cache::new(CacheConfig::new().with_directory(directory).to_owned())?;
        let mut config = Config::new();
        config.consume_fuel(true).epoch_interruption(true);
        config.cache(Some(cache.clone()));
        let engine = wasmtime::Engine::new(&config)?;
        let mut linker = Linker::new(&engine);
        imports::add(&mut linker)?;
        let clock = engine.weak();
        thread::Builder::new()
            .name("host-epochs".into())
            .spawn(move || {
                while let Some(engine) = clock.upgrade() {
                    engine.increment_epoch();
                    EPOCH_TICKS.inc();
                    thread::sleep(EPOCH);
                }
            })?;
        Ok(Self {
            engine,
            linker,
            cache,
            compiling: Mutex::new(()),
        })
    }

    /// Compiles a guest, or finds it in the cache.
    pub(crate) fn compile(&self, text: &[u8]) -> Result<Component> {
        let waiting = ENGINE_LOCK_WAIT.start_timer();
        let _compiling = self
            .compiling
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        drop(waiting);
        let building = Building::compilation(text.len());
        let compiled = Component::new(&self.engine, text);
        building.end(&compiled);
        compiled.map_err(anyhow::Error::from)
    }

    /// Shows what the cache is good for, until what this returns is dropped.
    pub(crate) fn watch_cache(&self) -> [Watch; 2] {
        let (hits, misses) = (self.cache.clone(), self.cache.clone());
        [
            CACHE_HITS.watch(move || hits.cache_hits() as u64),
            CACHE_MISSES.watch(move || misses.cache_misses() as u64),
        ]
    }

    /// Shows how large the cache is.
    pub(crate) fn show_cache(&self) {
        CACHE_BYTES.set(bytes_in(self.cache.directory()));
    }

    /// Starts a guest in a store of its own.
    pub(crate) async fn start(
        &self,
        component: &Component,
        place: usize,
        memory: &Arc<LinearMemory>,
        services: &Arc<Services>,
    ) -> Result<Guest> {
        let building = Building::instance();
        let started = self.instantiate(component, place, memory, services).await;
        building.end(&started);
        started
    }

    async fn instantiate(
        &self,
        component: &Component,
        place: usize,
        memory: &Arc<LinearMemory>,
        services: &Arc<Services>,
    ) -> Result<Guest> {
        let mut store = Store::new(&self.engine, State::new(place, memory, services));
        store.limiter(|state| state);
        store.epoch_deadline_callback(|mut store| Ok(store.data_mut().epoch_passed()));
        store.fuel_async_yield_interval(Some(YIELD_EVERY_FUEL))?;
        store.set_fuel(AMPLE.fuel)?;
        store.set_epoch_deadline(1);
        let kept = resources::MEMORY.with(resources::MemoryKind::HostState);
        kept.set(size_of::<Store<State>>() + size_of::<State>());
        let instance = self.linker.instantiate_async(&mut store, component).await?;
        let handle = instance.get_typed_func(&mut store, "handle")?;
        Ok(Guest {
            store,
            handle,
            _instance: wasm::instantiated(),
        })
    }
}

/// The size of all files below a directory; what cannot be read is passed over.
fn bytes_in(directory: &Path) -> u64 {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(found) if found.is_dir() => bytes_in(&entry.path()),
        Ok(found) => found.len(),
        Err(_) => 0,
    });
    sizes.sum()
}

/// What a guest's `handle` returns.
type Answer = Result<Vec<u8>, ()>;

/// One running guest.
pub(crate) struct Guest {
    store: Store<State>,
    handle: TypedFunc<(Arc<str>, Vec<u8>), (Answer,)>,
    _instance: InFlight,
}

impl Guest {
    /// Hands a message to the guest. Must be called inside the guest's component: by `in_component`, never by a guard,
    /// because guests yield and go on in another thread. After anything but an answer the guest must be started anew.
    pub(crate) async fn call(
        &mut self,
        export: Export,
        key: Arc<str>,
        body: Vec<u8>,
        budget: Budget,
    ) -> Result<Vec<u8>, Fault> {
        let state = self.store.data_mut();
        (state.epochs_left, state.failed) = (budget.epochs, None);
        let set = self.store.set_fuel(budget.fuel);
        set.map_err(|_| Fault::Refused(ErrorType::Internal))?;
        let mut call = GuestCall::start(export, Some(budget.fuel));
        let answer = call
            .during(self.handle.call_async(&mut self.store, (key, body)))
            .await;
        let left = self.store.get_fuel().unwrap_or(budget.fuel);
        self.store
            .data()
            .book()
            .add(Figure::FuelConsumed, call.fuel_left(left));
        match answer {
            Ok((Ok(bytes),)) => Ok(bytes),
            Ok((Err(()),)) => Err(self.refused()),
            Err(error) => Err(self.blame(&mut call, &error)),
        }
    }

    fn refused(&self) -> Fault {
        let why = self.store.data().failed;
        Fault::Refused(why.unwrap_or(ErrorType::Invalid))
    }

    /// Says why a call did not return.
    fn blame(&self, call: &mut GuestCall, error: &wasmtime::Error) -> Fault {
        call.trapped(trap(error));
        let book = self.store.data().book();
        book.add(Figure::Traps, 1);
        match error.downcast_ref::<Trap>() {
            Some(Trap::Interrupt) => Fault::Interrupted,
            Some(Trap::OutOfFuel) => {
                book.add(Figure::Fuel, 1);
                Fault::Trapped
            }
            _ => Fault::Trapped,
        }
    }
}

/// What the host knows about a guest while it runs.
pub(crate) struct State {
    pub(crate) place: usize,
    pub(crate) services: Arc<Services>,
    /// What the host said last when it could not do what the guest asked for.
    pub(crate) failed: Option<ErrorType>,
    limits: Limits,
    epochs_left: u32,
}

impl State {
    fn new(place: usize, memory: &Arc<LinearMemory>, services: &Arc<Services>) -> Self {
        Self {
            place,
            services: services.clone(),
            failed: None,
            limits: Limits {
                memory: memory.clone(),
                table_elements: TABLE_LIMIT,
            },
            epochs_left: AMPLE.epochs,
        }
    }

    pub(crate) fn book(&self) -> &Book {
        self.services.tally.book(self.place)
    }

    /// Lets the other guests have the thread; interrupts a guest that has had its share.
    fn epoch_passed(&mut self) -> UpdateDeadline {
        self.epochs_left = self.epochs_left.saturating_sub(1);
        if self.epochs_left == 0 {
            self.book().add(Figure::Interrupted, 1);
            wasm::epoch_ended(EpochAction::Trap);
            UpdateDeadline::Interrupt
        } else {
            wasm::epoch_ended(EpochAction::Yield);
            UpdateDeadline::Yield(1)
        }
    }
}

/// The host's own book beside what the adapter records.
impl ResourceLimiter for State {
    fn memory_growing(
        &mut self,
        from: usize,
        to: usize,
        most: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let allowed = self.limits.memory_growing(from, to, most)?;
        self.book().add(
            Figure::MemoryDenied,
            u64::from(to as u64 > MEMORY_LIMIT_BYTES),
        );
        Ok(allowed)
    }

    fn table_growing(
        &mut self,
        from: usize,
        to: usize,
        most: Option<usize>,
    ) -> wasmtime::Result<bool> {
        self.limits.table_growing(from, to, most)
    }

    fn memory_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        self.limits.memory_grow_failed(error)
    }
}
