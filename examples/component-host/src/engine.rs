//! The wasmtime adapter: compiles guests, limits them (memory, fuel, epochs) and says how each call ended.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use wasmtime::component::{Component, Linker, TypedFunc};
use wasmtime::{Config, ResourceLimiter, Store, Trap, UpdateDeadline};

use crate::guest::Source;
use crate::imports::{self, Services};
use crate::metrics::{FUEL_CONSUMED, GUEST_CALL_LATENCY, MEMORY, MEMORY_LIMIT, TRAPS};
use crate::outcome::Outcome;
use crate::tally::{Book, Figure};

/// Linear memory that a guest may have. *More means* that one guest can starve the others, *less means* that files near
/// [`files::MOST_BYTES`](crate::files::MOST_BYTES) no longer fit; default 8 MiB.
pub(crate) const MEMORY_LIMIT_BYTES: usize = 8 << 20;
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
}

impl Engine {
    /// Makes an engine whose epochs pass by themselves for as long as it lives.
    pub(crate) fn new() -> Result<Self> {
        let engine =
            wasmtime::Engine::new(Config::new().consume_fuel(true).epoch_interruption(true))?;
        let mut linker = Linker::new(&engine);
        imports::add(&mut linker)?;
        let clock = engine.weak();
        thread::Builder::new()
            .name("host-epochs".into())
            .spawn(move || {
                while let Some(engine) = clock.upgrade() {
                    engine.increment_epoch();
                    thread::sleep(EPOCH);
                }
            })?;
        Ok(Self { engine, linker })
    }

    /// Compiles a guest.
    pub(crate) fn compile(&self, source: &Source) -> Result<Component> {
        Component::new(&self.engine, source.text())
            .map_err(anyhow::Error::from)
            .with_context(|| format!("the guest {} does not compile", source.name))
    }

    /// Starts a guest in a store of its own.
    pub(crate) async fn start(
        &self,
        component: &Component,
        place: usize,
        services: &Arc<Services>,
    ) -> Result<Guest> {
        let mut store = Store::new(&self.engine, State::new(place, services));
        store.limiter(|state| state);
        store.epoch_deadline_callback(|mut store| Ok(store.data_mut().epoch_passed()));
        store.fuel_async_yield_interval(Some(YIELD_EVERY_FUEL))?;
        store.set_fuel(AMPLE.fuel)?;
        store.set_epoch_deadline(1);
        MEMORY_LIMIT.set(MEMORY_LIMIT_BYTES);
        let instance = self.linker.instantiate_async(&mut store, component).await?;
        let handle = instance.get_typed_func(&mut store, "handle")?;
        Ok(Guest { store, handle })
    }
}

/// What a guest's `handle` returns.
type Answer = Result<Vec<u8>, ()>;

/// One running guest.
pub(crate) struct Guest {
    store: Store<State>,
    handle: TypedFunc<(Arc<str>, Vec<u8>), (Answer,)>,
}

impl Guest {
    /// Hands a message to the guest. Must be called inside the guest's component: by `in_component`, never by a guard,
    /// because guests yield and go on in another thread. After anything but `Ok` and `Error` the guest must be started anew.
    pub(crate) async fn call(
        &mut self,
        key: Arc<str>,
        body: Vec<u8>,
        budget: Budget,
    ) -> Result<Vec<u8>, Outcome> {
        self.store.data_mut().epochs_left = budget.epochs;
        self.store
            .set_fuel(budget.fuel)
            .map_err(|_| Outcome::Error)?;
        let timer = GUEST_CALL_LATENCY.start_timer();
        let answer = self.handle.call_async(&mut self.store, (key, body)).await;
        drop(timer);
        let burned = budget.fuel - self.store.get_fuel().unwrap_or(budget.fuel);
        FUEL_CONSUMED.inc_by(burned);
        self.store.data().book().add(Figure::FuelConsumed, burned);
        match answer {
            Ok((Ok(bytes),)) => Ok(bytes),
            Ok((Err(()),)) => Err(Outcome::Error),
            Err(error) => Err(self.blame(&error)),
        }
    }

    /// Says why a call did not return.
    fn blame(&self, error: &wasmtime::Error) -> Outcome {
        let blame = match error.downcast_ref::<Trap>() {
            Some(Trap::OutOfFuel) => Outcome::Fuel,
            Some(Trap::Interrupt) => Outcome::Interrupted,
            Some(_) if self.store.data().memory_denied => Outcome::MemoryDenied,
            Some(_) => Outcome::Trap,
            None => Outcome::Error,
        };
        TRAPS.with(blame).inc();
        blame
    }
}

/// What the host knows about a guest while it runs.
pub(crate) struct State {
    pub(crate) place: usize,
    pub(crate) services: Arc<Services>,
    epochs_left: u32,
    memory_denied: bool,
}

impl State {
    fn new(place: usize, services: &Arc<Services>) -> Self {
        Self {
            place,
            services: services.clone(),
            epochs_left: AMPLE.epochs,
            memory_denied: false,
        }
    }

    pub(crate) fn book(&self) -> &Book {
        self.services.tally.book(self.place)
    }

    /// Lets the other guests have the thread; interrupts a guest that has had its share.
    fn epoch_passed(&mut self) -> UpdateDeadline {
        self.epochs_left = self.epochs_left.saturating_sub(1);
        if self.epochs_left == 0 {
            UpdateDeadline::Interrupt
        } else {
            UpdateDeadline::Yield(1)
        }
    }
}

impl ResourceLimiter for State {
    fn memory_growing(
        &mut self,
        _: usize,
        desired: usize,
        _: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let allowed = desired <= MEMORY_LIMIT_BYTES;
        self.memory_denied |= !allowed;
        if allowed {
            MEMORY.set(desired);
        }
        Ok(allowed)
    }

    fn table_growing(
        &mut self,
        _: usize,
        desired: usize,
        _: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(desired <= 1_000)
    }
}
