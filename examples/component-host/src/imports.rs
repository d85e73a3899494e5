//! What guests may ask of the host: files, records, messages, programs, connections.
//!
//! Guests run inside their component, so whatever is recorded here carries its name.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use obs::host::errors::{ErrorType, RETRIES};
use obs::host::messages::{MESSAGES_SENT, Pattern};
use obs::host::operations::{DenialReason, OperationGuard, OperationKind, ProcessOperation};
use obs::host::resources::HostFunction;
use tokio::process::Command;
use wasmtime::StoreContextMut;
use wasmtime::component::Linker;

use crate::adapters::{files, processes, sockets};
use crate::broker::Broker;
use crate::engine::State;
use crate::guest::SOURCES;
use crate::storage::Storage;
use crate::tally::{Figure, Tally};

/// A message carries at most this much of a file. *More means* larger guests, *less means* that more files are only
/// known by their start; default 1 MiB.
pub(crate) const MOST_BYTES: u64 = 1 << 20;
/// Programs that a guest may have run.
const PROGRAMS: [&str; 3] = ["true", "false", "sleep 60"];
/// How long a program may take.
const PATIENCE: Duration = Duration::from_millis(150);
/// What a request begins with that is first sent where nobody listens.
pub(crate) const ASTRAY: u8 = b'!';

/// What the host keeps for all guests.
pub(crate) struct Services {
    pub(crate) storage: Storage,
    pub(crate) tally: Tally,
    pub(crate) broker: Broker,
    /// Where connections are answered, and where they are refused.
    pub(crate) listening: SocketAddr,
    pub(crate) refusing: SocketAddr,
}

type Call<'a> = StoreContextMut<'a, State>;

/// Gives a linker the host's functions.
pub(crate) fn add(linker: &mut Linker<State>) -> Result<()> {
    let mut root = linker.root();
    root.func_wrap("read", |mut call: Call<'_>, (path,): (String,)| {
        Ok((call.data_mut().read(&path),))
    })?;
    root.func_wrap("get", |call: Call<'_>, (key,): (String,)| {
        call.data().get(&key).map(|value| (value,))
    })?;
    root.func_wrap("set", |call: Call<'_>, (key, value): (String, Vec<u8>)| {
        call.data().set(&key, &value).map(|_| ())
    })?;
    root.func_wrap(
        "put",
        |mut call: Call<'_>, (key, value): (String, Vec<u8>)| {
            let stored = call.data().set(&key, &value)?;
            if !stored {
                call.data_mut().failed = Some(ErrorType::Exhausted);
            }
            Ok((if stored { Ok(()) } else { Err::<(), ()>(()) },))
        },
    )?;
    root.func_wrap("delete", |call: Call<'_>, (key,): (String,)| {
        let state = call.data();
        state
            .keep("delete", Figure::Deletes, |storage, name| {
                storage.delete(name, &key)
            })
            .map(|deleted| (deleted,))
    })?;
    root.func_wrap("exists", |call: Call<'_>, (key,): (String,)| {
        let state = call.data();
        state
            .keep("exists", Figure::Looks, |storage, name| {
                storage.exists(name, &key)
            })
            .map(|exists| (exists,))
    })?;
    root.func_wrap("count", |call: Call<'_>, (): ()| {
        let state = call.data();
        let counted = state.keep("count", Figure::Lists, Storage::count);
        counted.map(|keys| (u32::try_from(keys).unwrap_or(u32::MAX),))
    })?;
    root.func_wrap("send", |call: Call<'_>, (key, _): (String, Vec<u8>)| {
        call.data().send(&key);
        Ok(())
    })?;
    root.func_wrap_async("run", |mut call: Call<'_>, (program,): (String,)| {
        Box::new(async move { Ok((call.data_mut().run(&program).await,)) })
    })?;
    root.func_wrap_async("exchange", |mut call: Call<'_>, (request,): (Vec<u8>,)| {
        Box::new(async move { Ok((call.data_mut().exchange(&request).await,)) })
    })?;
    Ok(())
}

impl State {
    fn name(&self) -> &'static str {
        SOURCES[self.place].name
    }

    fn read(&mut self, path: &str) -> Result<Vec<u8>, ()> {
        let call = HostFunction::named("filesystem", "read").start();
        let read = || files::read(Path::new(path), MOST_BYTES);
        let read = call.context().scope(read);
        call.end(&read);
        let book = self.book();
        let Ok(bytes) = read else {
            book.host_call(Figure::FileErrors);
            self.failed = Some(ErrorType::Io);
            return Err(());
        };
        book.host_call(Figure::FilesRead);
        book.add(Figure::FileBytes, bytes.len() as u64);
        Ok(bytes)
    }

    fn get(&self, key: &str) -> wasmtime::Result<Vec<u8>> {
        let value = self.keep("get", Figure::Gets, |storage, name| storage.get(name, key))?;
        Ok(value.unwrap_or_default())
    }

    fn set(&self, key: &str, value: &[u8]) -> wasmtime::Result<bool> {
        let stored = self.keep("set", Figure::Sets, |storage, name| {
            storage.set(name, key, value)
        })?;
        let figure = match stored {
            true => Figure::StoredBytes,
            false => Figure::OverQuota,
        };
        self.book()
            .add(figure, if stored { value.len() as u64 } else { 1 });
        Ok(stored)
    }

    /// Asks the storage for something.
    fn keep<T>(
        &self,
        function: &'static str,
        figure: Figure,
        ask: impl FnOnce(&Storage, &str) -> Result<T>,
    ) -> wasmtime::Result<T> {
        let call = HostFunction::named("storage", function).start();
        let ask = || ask(&self.services.storage, self.name());
        let done = call.context().scope(ask);
        call.end(&done);
        self.book().host_call(figure);
        done.map_err(wasmtime::Error::from_anyhow)
    }

    /// The end of the pipeline: what relay sends goes to whoever listens.
    fn send(&self, key: &str) {
        let call = HostFunction::named("messaging", "send").start();
        MESSAGES_SENT.with(Pattern::Broadcast).inc();
        let publish = || self.services.broker.publish(key, &self.services.tally);
        let published = call.context().scope(publish);
        call.end(&published);
        self.book().host_call(Figure::Published);
    }

    /// Runs a program: its status, or less than 0 if it was killed, refused, or could not be run.
    async fn run(&mut self, program: &str) -> i32 {
        let mut call = HostFunction::named("process", "run").start_waiting();
        self.book().host_call(Figure::Runs);
        if !PROGRAMS.contains(&program) {
            let spawn = || OperationGuard::start(ProcessOperation::Spawn);
            call.context().scope(spawn).denied(DenialReason::Capability);
            self.book().add(Figure::Denied, 1);
            self.failed = Some(ErrorType::Denied);
            call.end(&Err::<(), _>(()));
            return -2;
        }
        let mut words = program.split(' ');
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words);
        let ended = call.during(processes::run(command, PATIENCE)).await;
        call.end(&ended);
        let Ok(status) = ended else {
            self.failed = Some(ErrorType::Io);
            return -3;
        };
        self.book().add(Figure::Exits, 1);
        if status.code().is_none() {
            self.failed = Some(ErrorType::Timeout);
        }
        status.code().unwrap_or(-1)
    }

    /// Sends a request over the network and returns the answer; once more, if the first attempt has gone astray.
    async fn exchange(&mut self, request: &[u8]) -> Result<Vec<u8>, ()> {
        let mut call = HostFunction::named("network", "exchange").start_waiting();
        self.book().host_call(Figure::Exchanges);
        let answer = call.during(self.exchange_patiently(request)).await;
        call.end(&answer);
        match &answer {
            Ok(answer) => self.book().add(Figure::Echoed, answer.len() as u64),
            Err(_) => self.failed = Some(ErrorType::Io),
        }
        answer.map_err(|_| ())
    }

    async fn exchange_patiently(&self, request: &[u8]) -> io::Result<Vec<u8>> {
        if request.first() == Some(&ASTRAY) {
            let answer = sockets::exchange(self.services.refusing, request).await;
            RETRIES.with(OperationKind::Network).inc();
            self.book().add(Figure::Retries, 1);
            if answer.is_ok() {
                return answer;
            }
        }
        sockets::exchange(self.services.listening, request).await
    }
}
