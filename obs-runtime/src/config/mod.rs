//! How a runtime is set up: every default in one place, the builder that changes them, and what a file and variables say.

/// From a file and variables to a builder.
mod read;

/// Every key.
mod keys;

/// How spans are recorded, which traces are kept.
mod tracing;

/// What is written for a key.
mod found;

/// Labels, renames and switches with the place where they were written.
mod configured;

use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use configured::Configured;
use tokio::runtime::Handle;
pub use tracing::DEFAULT_RING_SLOTS;
pub(crate) use tracing::Tracing;

use crate::evaluate::traces::Rates;
use crate::model::family::{Naming, Rename};
use crate::serve::server::Limits;
use crate::store::traces::Retention;
use crate::{Error, Runtime};

/// Where the runtime listens: this machine alone can reach it.
pub const DEFAULT_ADDRESS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9464);

/// How often threads are merged when nobody scrapes. More often means a fresher look for those who do not ask for a
/// merge, less often means less work; a scrape always gets a merge of its own.
pub const DEFAULT_TICK: Duration = Duration::from_secs(1);

/// How long the series of a retired component stay in the exposition. More means that slow scrapers see the last
/// values too, less means fewer series where components come and go.
pub const DEFAULT_LINGER: Duration = Duration::from_secs(5 * 60);

/// The shortest interval between merges that nobody asked for.
const LEAST_TICK: Duration = Duration::from_millis(1);

/// The file that is read if it is there.
const FILE: &str = "obs.toml";

/// How the names of variables begin.
const PREFIX: &str = "OBS_";

/// How the names of obs-cli's variables begin, which are no business of the runtime.
const RESERVED: &str = "OBS_CLI_";

/// The variable that names another file.
const FILE_VARIABLE: &str = "OBS_CONFIG";

/// Sets up a [`Runtime`]; made by [`Runtime::builder`] or [`Runtime::configured`].
#[derive(Debug)]
#[must_use = "a builder does nothing until `start` is called"]
pub struct Builder {
    pub(crate) address: Option<SocketAddr>,
    pub(crate) remote: bool,
    pub(crate) tick: Duration,
    pub(crate) linger: Duration,
    pub(crate) naming: Naming,
    pub(crate) executors: Vec<(String, Handle)>,
    pub(crate) limits: Limits,
    configured: Configured,
    pub(crate) without: Vec<String>,
    pub(crate) tracing: Tracing,
    pub(crate) data_dir: Option<PathBuf>,
}

impl Default for Builder {
    fn default() -> Builder {
        Builder {
            address: Some(DEFAULT_ADDRESS),
            remote: false,
            tick: DEFAULT_TICK,
            linger: DEFAULT_LINGER,
            naming: Naming::default(),
            executors: Vec::new(),
            limits: Limits::default(),
            configured: Configured::default(),
            without: Vec::new(),
            tracing: Tracing::default(),
            data_dir: None,
        }
    }
}

impl Runtime {
    /// Returns a builder with what `obs.toml` and the `OBS_*` variables say; what is called on it stands above them.
    ///
    /// The file is the one that `OBS_CONFIG` names, or `obs.toml` in the working directory, which may be missing. A
    /// variable stands above the file. docs/guide/configuration.md lists every key.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] with everything that is unknown or wrong, each with its place. [`Error::ConfigFile`] when the
    /// file cannot be read. Neither touches what has been recorded: a program may go on with another builder.
    pub fn configured() -> Result<Builder, Error> {
        Builder::read(Path::new(""), std::env::vars_os())
    }
}

impl Builder {
    /// Returns what [`Runtime::configured`] would, in `directory` and with these variables.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn read(
        directory: &Path,
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Builder, Error> {
        read::builder(directory, variables)
    }

    /// Listens on another address than [`DEFAULT_ADDRESS`]; port 0 takes any that is free, see [`Runtime::address`].
    pub fn listen(mut self, address: impl Into<SocketAddr>) -> Builder {
        self.address = Some(address.into());
        self
    }

    /// Keeps what is to outlive the process in that directory, which is made where it is missing. Without one, traces are kept in
    /// memory alone.
    pub fn data_dir(mut self, directory: impl Into<PathBuf>) -> Builder {
        self.data_dir = Some(directory.into());
        self
    }

    /// Records no spans.
    pub fn no_traces(mut self) -> Builder {
        self.tracing.on = false;
        self
    }

    /// Gives the ring of each thread so many slots of 64 bytes instead of [`DEFAULT_RING_SLOTS`]: at least 64, and rounded up to a
    /// power of two.
    pub fn ring_slots(mut self, slots: usize) -> Builder {
        self.tracing.ring_slots = slots;
        self
    }

    /// Records that share, from 0 to 1, of the traces that begin in spans of that name, or of its beginning and `*`.
    pub fn sample(mut self, names: impl Into<String>, share: f64) -> Builder {
        self.tracing.shares.push((names.into(), share));
        self
    }

    /// Starts with spans and events switched off, by name or by its beginning and `*`, as in `"storage.*"`.
    pub fn without_spans(mut self, names: impl Into<String>) -> Builder {
        self.tracing.without.push(names.into());
        self
    }

    /// Calls spans stuck that have not ended after another time than
    /// [`DEFAULT_STUCK_AFTER`](crate::evaluate::traces::DEFAULT_STUCK_AFTER), where that is much longer than is usual for them.
    pub fn stuck_after(mut self, age: Duration) -> Builder {
        self.tracing.stuck_after = age;
        self
    }

    /// Decides by these rates which traces are kept.
    pub fn keep_traces(mut self, rates: Rates) -> Builder {
        self.tracing.rates = rates;
        self
    }

    /// Keeps so much of traces, for so long.
    pub fn retain_traces(mut self, retention: Retention) -> Builder {
        self.tracing.retention = retention;
        self
    }

    /// Starts no server: for programs that mount [`Runtime::router`] in their own, or [`write`](Runtime::write) a file.
    pub fn no_server(mut self) -> Builder {
        self.address = None;
        self
    }

    /// Allows an address that other machines can reach. The endpoint has no authentication of its own.
    pub fn allow_remote(mut self, allow: bool) -> Builder {
        self.remote = allow;
        self
    }

    /// Puts a label on every series, such as the version or the shard of the process.
    ///
    /// The key must be legal, not `component`, `le` or `quantile`, and not a label of any metric of the binary.
    pub fn label(mut self, key: impl Into<String>, value: impl Into<String>) -> Builder {
        self.naming.constant.push((key.into(), value.into()));
        self
    }

    /// Merges at another interval than [`DEFAULT_TICK`]; at least a millisecond.
    pub fn tick(mut self, tick: Duration) -> Builder {
        self.tick = tick.max(LEAST_TICK);
        self
    }

    /// Keeps series of retired components for another time than [`DEFAULT_LINGER`].
    pub fn linger(mut self, linger: Duration) -> Builder {
        self.linger = linger;
        self
    }

    /// Shows what tokio counts about an executor, as `tokio_*` series with the label `executor`: workers, tasks alive, the
    /// global queue, and for each worker its busy time and parks. With `--cfg tokio_unstable` also blocking threads, polls,
    /// steals and queues.
    ///
    /// The runtime reads them at each merge, on a thread of its own: an executor that hangs is seen hanging. One that is
    /// shut down goes on showing its last figures. [`Runtime::tokio`] does the same after the start.
    pub fn tokio(mut self, name: impl Into<String>, handle: Handle) -> Builder {
        self.executors.push((name.into(), handle));
        self
    }

    /// Exports the metric `name` of `module`, or of a module below it, under another name.
    ///
    /// For two crates that define one name differently; a crate's name is its outermost module.
    pub fn rename(
        mut self,
        module: impl Into<String>,
        name: impl Into<String>,
        new_name: impl Into<String>,
    ) -> Builder {
        self.naming.renames.push(Rename {
            module: module.into(),
            name: name.into(),
            new_name: new_name.into(),
        });
        self
    }

    /// Starts with metrics switched off, by the name in their definitions or by its beginning and `*`, as in `"function_*"`.
    ///
    /// Records of what is off cost a nanosecond or two, and no record of anything else costs more. It is left out of the exposition.
    /// [`Runtime::switch_on`] switches it on while the program runs. When the runtime ends, all metrics are on again.
    pub fn without(mut self, names: impl Into<String>) -> Builder {
        self.without.push(names.into());
        self
    }

    /// Starts the runtime.
    ///
    /// # Errors
    ///
    /// [`Error::AlreadyStarted`] while another one runs in this process. Any other error leaves nothing behind, and
    /// says what to change.
    pub fn start(mut self) -> Result<Runtime, Error> {
        let program = std::mem::take(&mut self.naming);
        self.naming = self.configured.below(&program);
        self.without = self.configured.without(&self.without);
        let configured = std::mem::take(&mut self.configured);
        Runtime::start(self).map_err(|error| configured.placed(error, &program))
    }
}
