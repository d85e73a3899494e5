//! How a runtime is set up: every default in one place, and the builder that changes them.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use crate::model::family::{Naming, Rename};
use crate::{Error, Runtime};

/// Where the runtime listens: this machine alone can reach it.
pub const DEFAULT_ADDRESS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9464);

/// How often threads are merged when nobody scrapes. More often means a fresher look for those who do not ask for a
/// merge, less often means less work; a scrape always gets a merge of its own.
pub const DEFAULT_TICK: Duration = Duration::from_secs(1);

/// How long the series of a retired component stay in the exposition. More means that slow scrapers see the last
/// values too, less means fewer series where components come and go.
pub const DEFAULT_LINGER: Duration = Duration::from_secs(5 * 60);

/// Sets up a [`Runtime`]; made by [`Runtime::builder`].
#[derive(Debug)]
#[must_use = "a builder does nothing until `start` is called"]
pub struct Builder {
    pub(crate) address: Option<SocketAddr>,
    pub(crate) remote: bool,
    pub(crate) tick: Duration,
    pub(crate) linger: Duration,
    pub(crate) naming: Naming,
}

impl Default for Builder {
    fn default() -> Builder {
        Builder {
            address: Some(DEFAULT_ADDRESS),
            remote: false,
            tick: DEFAULT_TICK,
            linger: DEFAULT_LINGER,
            naming: Naming::default(),
        }
    }
}

impl Builder {
    /// Listens on another address than [`DEFAULT_ADDRESS`]; port 0 takes any that is free, see [`Runtime::address`].
    pub fn listen(mut self, address: impl Into<SocketAddr>) -> Builder {
        self.address = Some(address.into());
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
        self.tick = tick.max(Duration::from_millis(1));
        self
    }

    /// Keeps series of retired components for another time than [`DEFAULT_LINGER`].
    pub fn linger(mut self, linger: Duration) -> Builder {
        self.linger = linger;
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

    /// Starts the runtime.
    ///
    /// # Errors
    ///
    /// [`Error::AlreadyStarted`] while another one runs in this process. Any other error leaves nothing behind, and
    /// says what to change.
    pub fn start(self) -> Result<Runtime, Error> {
        Runtime::start(self)
    }
}
