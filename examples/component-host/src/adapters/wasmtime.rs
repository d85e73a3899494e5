//! wasmtime: memory and tables through its limiter, and the reason why a call did not return.

use std::sync::Arc;

use obs::host::resources::{LinearMemory, MEMORY, MemoryKind};
use obs::host::wasm::{self, GrowOutcome, MEMORY_GROWS, TABLE_ELEMENTS, Trap};

/// Part of a store's data; `Store::limiter` returns it.
pub(crate) struct Limits {
    pub(crate) memory: Arc<LinearMemory>,
    pub(crate) table_elements: usize,
}

impl wasmtime::ResourceLimiter for Limits {
    fn memory_growing(&mut self, _: usize, to: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(wasm::grow(&self.memory, to))
    }

    fn memory_grow_failed(&mut self, _: wasmtime::Error) -> wasmtime::Result<()> {
        MEMORY_GROWS.with(GrowOutcome::Failed).inc();
        Ok(())
    }

    fn table_growing(&mut self, _: usize, to: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        TABLE_ELEMENTS.set(to);
        MEMORY.with(MemoryKind::Table).set(to * size_of::<usize>());
        Ok(to <= self.table_elements)
    }
}

/// Why a call did not return.
pub(crate) fn trap(error: &wasmtime::Error) -> Trap {
    let trap = error.downcast_ref::<wasmtime::Trap>();
    trap.map_or(Trap::Host, |trap| Trap::named(&format!("{trap:?}")))
}
