//! The runtime: it alone knows all stages, owns their threads, reads the clock and hands results from one to another.

/// What became of every span.
mod accounts;
/// What is answered about traces.
mod reader;
/// Traces: collecting and storing.
mod traces;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime};

use axum::Router;
use obs::catalogue;
use obs::collector::Collector;
use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::collect::check;
use crate::collect::executor::Executors;
use crate::collect::merger::Merger;
use crate::model::exemplars::Exemplars;
use crate::model::snapshots::Work;
use crate::model::{Snapshot, Snapshots};
use crate::serve::server::{self, Limits};
use crate::serve::traces::Source;
use crate::serve::{file, router};
use crate::store::Database;
use crate::{Builder, Error};
pub use reader::TraceReader;
use traces::Tracer;

/// Merges what the process records and serves it, on threads of its own.
///
/// It goes on answering while the program's executor is blocked. Dropping it is the same as
/// [`shutdown`](Runtime::shutdown).
#[derive(Debug)]
#[must_use = "dropping a runtime shuts it down"]
pub struct Runtime {
    tracer: Option<Tracer>,
    snapshots: Arc<Snapshots>,
    executors: Executors,
    server: Option<Server>,
    collect: Option<JoinHandle<()>>,
}

/// The serving thread and what it takes to end it.
#[derive(Debug)]
struct Server {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    thread: JoinHandle<()>,
}

impl Runtime {
    /// Returns a builder with every default: `127.0.0.1:9464`, a merge each second.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn start(builder: Builder) -> Result<Runtime, Error> {
        let collector = Collector::acquire().ok_or(Error::AlreadyStarted)?;
        check::start(&collector.catalogue(), &builder.naming)?;
        let executors = Executors::default();
        for (name, handle) in &builder.executors {
            executors.add(name, handle)?;
        }
        for names in &builder.without {
            check::switch(&collector.catalogue(), names)?;
        }
        let listener = builder
            .address
            .map(|address| bind(address, builder.remote))
            .transpose()?;

        // Where starting fails after all, dropping the collector switches them on again.
        for names in &builder.without {
            catalogue::switch_off(names);
        }
        let exemplars = Arc::<Exemplars>::default();
        let database = builder.data_dir.as_deref().map(|directory| {
            let opened = Database::open(directory, traces::now_ns());
            opened
                .map(Arc::new)
                .map_err(|source| Error::Store { source })
        });
        let tracer = match builder.tracing.on {
            true => Tracer::start(&builder.tracing, database.transpose()?, exemplars.clone())?,
            false => None,
        };
        let snapshots = Arc::new(Snapshots::new(Snapshot::empty(SystemTime::now())));
        let merger = Merger::new(collector, builder.naming, builder.linger, executors.clone())
            .with_exemplars(exemplars);
        let mut runtime = Runtime {
            tracer,
            collect: Some(start_collecting(merger, snapshots.clone(), builder.tick)?),
            server: None,
            executors,
            snapshots: snapshots.clone(),
        };
        // Where serving cannot start, dropping the half of a runtime ends what collects.
        runtime.server = listener
            .map(|listener| {
                let traces = source(runtime.traces());
                start_serving(listener, (snapshots, traces), builder.tick, builder.limits)
            })
            .transpose()?;
        Ok(runtime)
    }

    /// Returns the address that is served, with the port that was free; `None` without a server.
    pub fn address(&self) -> Option<SocketAddr> {
        self.server.as_ref().map(|server| server.address)
    }

    /// Returns everything recorded before this call, from a merge that begins now.
    ///
    /// Blocks for the length of a merge or two: see [`snapshots`](Runtime::snapshots) for async code.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        let fresh = self.snapshots.fresh_blocking();
        // Only a merging thread that died of a panic makes no more merges; then the last one is what there is.
        fresh.unwrap_or_else(|_| self.snapshots.latest())
    }

    /// Returns the handle that gives out fresh snapshots, to threads and tasks alike.
    pub fn snapshots(&self) -> Arc<Snapshots> {
        self.snapshots.clone()
    }

    /// Returns the handle that answers questions about traces; `None` where this runtime records none.
    pub fn traces(&self) -> Option<TraceReader> {
        self.tracer.as_ref().map(Tracer::reader)
    }

    /// Shows a tokio executor that was made after the start; see [`Builder::tokio`].
    ///
    /// # Errors
    ///
    /// [`Error::Executor`] where another executor has the name.
    pub fn tokio(&self, name: &str, handle: &Handle) -> Result<(), Error> {
        self.executors.add(name, handle)
    }

    /// Switches metrics off, by the name in their definitions or by its beginning and `*`, as in `"function_*"`.
    ///
    /// From the next merge on they are left out of the exposition. Nothing is recorded for them: gauges and states that are
    /// set meanwhile are not known afterwards. What is in flight when they are switched is counted down if it was counted up.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchMetric`] where the binary has none of that name.
    pub fn switch_off(&self, names: &str) -> Result<(), Error> {
        check::switch(&catalogue::catalogue(), names)?;
        catalogue::switch_off(names);
        Ok(())
    }

    /// Switches metrics on again; they go on from where they were. Where this and [`switch_off`](Runtime::switch_off) mean the same
    /// metric, what was said last holds.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchMetric`] where the binary has none of that name.
    pub fn switch_on(&self, names: &str) -> Result<(), Error> {
        check::switch(&catalogue::catalogue(), names)?;
        catalogue::switch_on(names);
        Ok(())
    }

    /// Returns `/metrics` and obs's own API as routes, to mount in an axum or hyper server of one's own.
    ///
    /// Limits on connections, headers and time are that server's business then, and so is the deadline that a scraper
    /// announces.
    pub fn router(&self) -> Router {
        router::routes(self.snapshots.clone(), source(self.traces()))
    }

    /// Writes the exposition to a file, in the text format that node_exporter's textfile collector reads.
    ///
    /// The file is replaced at once: a reader sees the old one or all of the new one.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] when the directory does not exist, is full or may not be written to.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        file::write(path, &self.snapshot()).map_err(|source| Error::Write {
            path: path.to_owned(),
            source,
        })
    }

    /// Lets answers under way end, merges for the last time, ends all threads, and returns the last snapshot.
    ///
    /// Blocks for the merge, and up to two seconds for clients that read slowly.
    pub fn shutdown(mut self) -> Arc<Snapshot> {
        self.end();
        self.snapshots.latest()
    }

    fn end(&mut self) {
        if let Some(server) = self.server.take() {
            server.end();
        }
        // Before the last merge, which shows what became of spans.
        if let Some(mut tracer) = self.tracer.take() {
            tracer.end();
        }
        self.snapshots.stop();
        if let Some(thread) = self.collect.take() {
            join(thread);
        }
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        self.end();
    }
}

impl Server {
    fn end(self) {
        // An error means that the thread is gone already.
        let _ = self.stop.send(true);
        join(self.thread);
    }
}

fn join(thread: JoinHandle<()>) {
    // A thread that panicked has printed why; ending must go on.
    let _ = thread.join();
}

fn bind(address: SocketAddr, remote: bool) -> Result<TcpListener, Error> {
    if !remote && !address.ip().to_canonical().is_loopback() {
        return Err(Error::RemoteAddress { address });
    }
    let listener = TcpListener::bind(address).and_then(|listener| {
        server::lengthen(&listener)?;
        Ok(listener)
    });
    listener.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => Error::AddressInUse { address },
        _ => Error::Listen { address, source },
    })
}

fn start_collecting(
    merger: Merger,
    snapshots: Arc<Snapshots>,
    tick: Duration,
) -> Result<JoinHandle<()>, Error> {
    start_thread("obs-collect", move || collect(merger, &snapshots, tick))
}

fn collect(mut merger: Merger, snapshots: &Snapshots, tick: Duration) {
    let _close = CloseOnDrop(snapshots);
    obs::clock::calibrate();
    loop {
        let work = snapshots.begin(tick);
        let snapshot = merger.merge(SystemTime::now(), Instant::now(), Instant::now);
        snapshots.publish(snapshot, Instant::now());
        if work == Work::LastMerge {
            return;
        }
    }
}

/// Turns waiting scrapes away when the merging thread ends, also when it ends by a panic.
struct CloseOnDrop<'a>(&'a Snapshots);

impl Drop for CloseOnDrop<'_> {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// What the server asks about traces.
fn source(traces: Option<TraceReader>) -> Option<Arc<dyn Source>> {
    traces.map(|traces| Arc::new(traces) as Arc<dyn Source>)
}

/// What is served: snapshots, and traces where they are recorded.
type Served = (Arc<Snapshots>, Option<Arc<dyn Source>>);

fn start_serving(
    listener: TcpListener,
    served: Served,
    tick: Duration,
    limits: Limits,
) -> Result<Server, Error> {
    let (stop, stopped) = watch::channel(false);
    let (address, serve) =
        prepare_serving(listener, served, tick, limits, stopped).map_err(|source| {
            Error::Thread {
                name: "obs-serve",
                source,
            }
        })?;
    Ok(Server {
        address,
        stop,
        thread: start_thread("obs-serve", serve)?,
    })
}

fn prepare_serving(
    listener: TcpListener,
    (snapshots, traces): Served,
    tick: Duration,
    limits: Limits,
    stopped: watch::Receiver<bool>,
) -> io::Result<(SocketAddr, impl FnOnce() + Send + 'static)> {
    let address = listener.local_addr()?;
    listener.set_nonblocking(true)?;
    let executor = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let listener = {
        let _executor = executor.enter();
        tokio::net::TcpListener::from_std(listener)?
    };
    let serve = move || {
        let router = router::all(snapshots, traces, tick);
        executor.block_on(server::serve(listener, router, limits, stopped));
    };
    Ok((address, serve))
}

fn start_thread(
    name: &'static str,
    run: impl FnOnce() + Send + 'static,
) -> Result<JoinHandle<()>, Error> {
    let thread = thread::Builder::new().name(name.to_owned());
    thread
        .spawn(run)
        .map_err(|source| Error::Thread { name, source })
}
