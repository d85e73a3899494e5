//! What guests may ask of the host: read a file, get and set a record, send a message out.
//!
//! Guests run inside their component, so whatever is recorded here carries its name.

use std::path::Path;

use anyhow::Result;
use wasmtime::StoreContextMut;
use wasmtime::component::Linker;

use crate::engine::State;
use crate::files;
use crate::guest::SOURCES;
use crate::metrics::OPERATIONS;
use crate::outcome::{Operation, Success};
use crate::storage::Storage;
use crate::tally::{Figure, Tally};

/// What the host keeps for all guests.
#[derive(Debug)]
pub(crate) struct Services {
    pub(crate) storage: Storage,
    pub(crate) tally: Tally,
}

type Call<'a> = StoreContextMut<'a, State>;

/// Gives a linker the host's functions.
pub(crate) fn add(linker: &mut Linker<State>) -> Result<()> {
    let mut root = linker.root();
    root.func_wrap("read", |call: Call<'_>, (path,): (String,)| {
        Ok((call.data().read(&path),))
    })?;
    root.func_wrap("get", |call: Call<'_>, (key,): (String,)| {
        call.data().get(&key).map(|value| (value,))
    })?;
    root.func_wrap("set", |call: Call<'_>, (key, value): (String, Vec<u8>)| {
        call.data().set(&key, &value)
    })?;
    root.func_wrap("send", |call: Call<'_>, _: (String, Vec<u8>)| {
        call.data().send();
        Ok(())
    })?;
    Ok(())
}

impl State {
    fn name(&self) -> &'static str {
        SOURCES[self.place].name
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ()> {
        let read = files::read(Path::new(path));
        OPERATIONS
            .with((Operation::FileRead, Success::of(&read)))
            .inc();
        let book = self.book();
        let Ok(bytes) = read else {
            book.operation(Figure::FileErrors);
            return Err(());
        };
        book.operation(Figure::FilesRead);
        book.add(Figure::FileBytes, bytes.len() as u64);
        Ok(bytes)
    }

    fn get(&self, key: &str) -> wasmtime::Result<Vec<u8>> {
        self.book().operation(Figure::Gets);
        let value = self.services.storage.get(self.name(), key);
        OPERATIONS
            .with((Operation::StorageGet, Success::of(&value)))
            .inc();
        Ok(value
            .map_err(wasmtime::Error::from_anyhow)?
            .unwrap_or_default())
    }

    fn set(&self, key: &str, value: &[u8]) -> wasmtime::Result<()> {
        self.book().operation(Figure::Sets);
        let done = self.services.storage.set(self.name(), key, value);
        OPERATIONS
            .with((Operation::StorageSet, Success::of(&done)))
            .inc();
        done.map_err(wasmtime::Error::from_anyhow)
    }

    /// The end of the pipeline: what relay sends leaves the host here and is only counted.
    fn send(&self) {
        self.book().operation(Figure::Sent);
        OPERATIONS.with((Operation::Send, Success::Ok)).inc();
    }
}
