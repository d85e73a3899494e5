//! Operations of the system that are done for a component: files, network, processes.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::flight::{Flight, Unsaid};
use super::{DURATIONS, Side, Transfer};
use crate::span::Site;
use crate::{
    AttributeValue, Context, Counter, CounterSeries, Gauge, Histogram, HistogramSeries, InFlight,
    Kind, LabelValue, Moment, counter, gauge, histogram,
};

/// Operations of the system done for the component, by kind, operation and outcome.
pub static FILE_OPERATIONS: Counter<(FileOperation, OperationOutcome)> = counter!(
    "component_operations_total",
    "Operations of the system done for the component, by kind, operation and outcome.",
    labels(kind = "filesystem", operation: FileOperation, outcome: OperationOutcome),
);

/// Operations of the system done for the component, by kind, operation and outcome.
pub static NETWORK_OPERATIONS: Counter<(NetworkOperation, OperationOutcome)> = counter!(
    "component_operations_total",
    "Operations of the system done for the component, by kind, operation and outcome.",
    labels(kind = "network", operation: NetworkOperation, outcome: OperationOutcome),
);

/// Operations of the system done for the component, by kind, operation and outcome.
pub static PROCESS_OPERATIONS: Counter<(ProcessOperation, OperationOutcome)> = counter!(
    "component_operations_total",
    "Operations of the system done for the component, by kind, operation and outcome.",
    labels(kind = "process", operation: ProcessOperation, outcome: OperationOutcome),
);

/// Operations of the system done for the component, by kind, operation and outcome.
pub static UTILITY_OPERATIONS: Counter<(UtilityOperation, OperationOutcome)> = counter!(
    "component_operations_total",
    "Operations of the system done for the component, by kind, operation and outcome.",
    labels(kind = "utility", operation: UtilityOperation, outcome: OperationOutcome),
);

/// Time that operations of the system took, by kind and operation.
pub static FILE_OPERATION_DURATION: Histogram<FileOperation> = histogram!(
    "component_operation_duration_seconds",
    "Time that operations of the system took, by kind and operation.",
    labels(kind = "filesystem", operation: FileOperation),
    bounds = DURATIONS,
);

/// Time that operations of the system took, by kind and operation.
pub static NETWORK_OPERATION_DURATION: Histogram<NetworkOperation> = histogram!(
    "component_operation_duration_seconds",
    "Time that operations of the system took, by kind and operation.",
    labels(kind = "network", operation: NetworkOperation),
    bounds = DURATIONS,
);

/// Time that operations of the system took, by kind and operation.
pub static PROCESS_OPERATION_DURATION: Histogram<ProcessOperation> = histogram!(
    "component_operation_duration_seconds",
    "Time that operations of the system took, by kind and operation.",
    labels(kind = "process", operation: ProcessOperation),
    bounds = DURATIONS,
);

/// Time that operations of the system took, by kind and operation.
pub static UTILITY_OPERATION_DURATION: Histogram<UtilityOperation> = histogram!(
    "component_operation_duration_seconds",
    "Time that operations of the system took, by kind and operation.",
    labels(kind = "utility", operation: UtilityOperation),
    bounds = DURATIONS,
);

/// Bytes that operations read and wrote for the component, by kind.
pub static OPERATION_BYTES: Counter<(OperationKind, Transfer)> = counter!(
    "component_operation_bytes_total",
    "Bytes that operations read and wrote for the component, by kind.",
    labels(kind: OperationKind, direction: Transfer),
);

/// Operations under way now, by kind.
pub static OPERATIONS_IN_FLIGHT: Gauge<OperationKind> = gauge!(
    "component_operations_in_flight",
    "Operations under way now, by kind.",
    labels(kind: OperationKind),
);

/// Operations that a policy refused the component, by kind and reason.
pub static OPERATIONS_DENIED: Counter<(OperationKind, DenialReason)> = counter!(
    "component_operations_denied_total",
    "Operations that a policy refused the component, by kind and reason.",
    labels(kind: OperationKind, reason: DenialReason),
);

/// Operations that were given up because they took too long, by kind.
pub static OPERATION_TIMEOUTS: Counter<OperationKind> = counter!(
    "component_operation_timeouts_total",
    "Operations that were given up because they took too long, by kind.",
    labels(kind: OperationKind),
);

/// Operations that needed more rights than the component has by default, by kind.
pub static OPERATIONS_ELEVATED: Counter<OperationKind> = counter!(
    "component_operations_elevated_total",
    "Operations that needed more rights than the component has by default, by kind.",
    labels(kind: OperationKind),
);

/// Files that the component read, wrote, made, deleted or listed.
pub static FILES_TOUCHED: Counter<FileOperation> = counter!(
    "component_files_touched_total",
    "Files that the component read, wrote, made, deleted or listed.",
    labels(operation: FileOperation),
);

/// Connections that are open for the component now, by who opened them.
pub static CONNECTIONS_OPEN: Gauge<Side> = gauge!(
    "component_network_connections_open",
    "Connections that are open for the component now, by who opened them.",
    labels(direction: Side),
);

/// Bytes that the component received and sent over the network.
pub static NETWORK_BYTES: Counter<Side> = counter!(
    "component_network_bytes_total",
    "Bytes that the component received and sent over the network.",
    labels(direction: Side),
);

/// Child processes of the component that run now.
pub static PROCESSES_RUNNING: Gauge = gauge!(
    "component_processes_running",
    "Child processes of the component that run now.",
);

/// Child processes of the component that ended, by how.
pub static PROCESS_EXITS: Counter<Exit> = counter!(
    "component_process_exits_total",
    "Child processes of the component that ended, by how.",
    labels(exit: Exit),
);

/// Kinds of operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum OperationKind {
    /// Files and directories.
    Filesystem,
    /// Connections.
    Network,
    /// Child processes.
    Process,
    /// Anything else that the system does.
    Utility,
}

/// Operations on files and directories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum FileOperation {
    /// Reading a file.
    Read,
    /// Writing a file anew.
    Write,
    /// Writing at the end of a file.
    Append,
    /// Deleting a file or a directory.
    Delete,
    /// Making a directory.
    Create,
    /// Listing a directory.
    List,
}

/// Operations on the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum NetworkOperation {
    /// Opening a connection.
    Connect,
    /// Waiting for connections at an address.
    Listen,
    /// Taking a connection that another has opened.
    Accept,
    /// Sending over a connection.
    Send,
    /// Receiving over a connection.
    Receive,
}

/// Operations on child processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum ProcessOperation {
    /// Starting one.
    Spawn,
    /// Waiting for its end.
    Wait,
    /// Ending it.
    Kill,
    /// Sending it a signal.
    Signal,
}

/// Other operations of the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum UtilityOperation {
    /// Reading a clock.
    Clock,
    /// Drawing random numbers.
    Random,
    /// Writing a log.
    Log,
    /// Anything else.
    Other,
}

/// How an operation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum OperationOutcome {
    /// It was done.
    Ok,
    /// It failed.
    Error,
    /// A policy refused it.
    Denied,
    /// It took too long.
    Timeout,
    /// It was given up, or unwound.
    Cancelled,
}

/// Why a policy refused an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum DenialReason {
    /// A list of who may do what.
    Acl,
    /// The role of whoever asked.
    Rbac,
    /// A capability that the component was not given.
    Capability,
    /// No policy says that it may be done.
    NoPolicy,
}

/// How a child process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum Exit {
    /// With status 0.
    Zero,
    /// With another status.
    Nonzero,
    /// By a signal.
    Signal,
}

/// An operation that can be counted: one of the four enums of this module.
pub trait Operation: LabelValue + sealed::Sealed {
    /// Its kind.
    const KIND: OperationKind;

    #[doc(hidden)]
    fn count(self, outcome: OperationOutcome) -> CounterSeries;

    #[doc(hidden)]
    fn duration(self) -> HistogramSeries;

    #[doc(hidden)]
    fn site(self) -> &'static Site;

    #[doc(hidden)]
    fn done(self) {}
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! operations {
    ($($operation:ident: $kind:ident, $count:ident, $duration:ident $(, done = $done:ident)?; $($each:ident = $name:literal),+;)+) => {$(
        impl sealed::Sealed for $operation {}

        impl Operation for $operation {
            const KIND: OperationKind = OperationKind::$kind;

            #[inline]
            fn count(self, outcome: OperationOutcome) -> CounterSeries {
                $count.with((self, outcome))
            }

            #[inline]
            fn duration(self) -> HistogramSeries {
                $duration.with(self)
            }

            fn site(self) -> &'static Site {
                match self {
                    $($operation::$each => {
                        static SITE: Site = site($name);
                        &SITE
                    })+
                }
            }

            $(#[inline]
            fn done(self) {
                $done.with(self).inc();
            })?
        }
    )+};
}

operations! {
    FileOperation: Filesystem, FILE_OPERATIONS, FILE_OPERATION_DURATION, done = FILES_TOUCHED;
        Read = "filesystem.read", Write = "filesystem.write", Append = "filesystem.append",
        Delete = "filesystem.delete", Create = "filesystem.create", List = "filesystem.list";
    NetworkOperation: Network, NETWORK_OPERATIONS, NETWORK_OPERATION_DURATION;
        Connect = "network.connect", Listen = "network.listen", Accept = "network.accept",
        Send = "network.send", Receive = "network.receive";
    ProcessOperation: Process, PROCESS_OPERATIONS, PROCESS_OPERATION_DURATION;
        Spawn = "process.spawn", Wait = "process.wait", Kill = "process.kill",
        Signal = "process.signal";
    UtilityOperation: Utility, UTILITY_OPERATIONS, UTILITY_OPERATION_DURATION;
        Clock = "utility.clock", Random = "utility.random", Log = "utility.log",
        Other = "utility.other";
}

/// The site of the spans of operations.
#[track_caller]
const fn site(name: &'static str) -> Site {
    Site::of_handle(name, Kind::Client, &["bytes"])
}

/// An operation under way: in flight, duration, outcome, bytes, and a span with the name of its kind and its own, such as
/// `filesystem.read`. Dropped without an outcome it counts as cancelled.
///
/// ```
/// use obs::host::Transfer;
/// use obs::host::operations::{FileOperation, OperationGuard};
///
/// fn read(path: &str) -> std::io::Result<Vec<u8>> {
///     let reading = OperationGuard::start(FileOperation::Read);
///     let read = std::fs::read(path);
///     reading.bytes(Transfer::Read, read.as_ref().map_or(0, Vec::len));
///     reading.end(&read);
///     read
/// }
/// # assert!(read("nowhere").is_err());
/// ```
#[derive(Debug)]
#[must_use = "the operation counts as cancelled as soon as the guard is dropped"]
pub struct OperationGuard<O: Operation> {
    operation: O,
    flight: Flight,
    /// How many bytes it has moved so far. Whoever has the guard adds to it; relaxed: it is a number on its own.
    bytes: AtomicU64,
    _in_flight: InFlight,
}

impl<O: Operation> OperationGuard<O> {
    /// Begins an operation.
    #[inline]
    pub fn start(operation: O) -> OperationGuard<O> {
        OperationGuard {
            operation,
            flight: Flight::shown(operation.site()),
            bytes: AtomicU64::new(0),
            _in_flight: OPERATIONS_IN_FLIGHT.with(O::KIND).in_flight(),
        }
    }

    /// Says that it needs more rights than the component has by default.
    #[inline]
    pub fn elevated(self) -> OperationGuard<O> {
        OPERATIONS_ELEVATED.with(O::KIND).inc();
        self
    }

    /// What happens meanwhile: see [`in_context`](crate::InContext::in_context).
    #[inline]
    pub fn context(&self) -> Context {
        self.flight.context()
    }

    /// Counts bytes that it read or wrote. Its span tells of all of them together.
    #[inline]
    pub fn bytes(&self, direction: Transfer, bytes: usize) {
        let bytes = bytes as u64;
        OPERATION_BYTES.with((O::KIND, direction)).inc_by(bytes);
        let all = self.bytes.fetch_add(bytes, Relaxed) + bytes;
        self.flight.attributes(&[all.value()]);
    }

    /// Says that it ended as its result says.
    #[inline]
    pub fn end<T, E>(self, result: &Result<T, E>) {
        self.end_with(match result {
            Ok(_) => OperationOutcome::Ok,
            Err(_) => OperationOutcome::Error,
        });
    }

    /// Says that a policy refused it.
    #[inline]
    pub fn denied(self, reason: DenialReason) {
        OPERATIONS_DENIED.with((O::KIND, reason)).inc();
        self.end_with(OperationOutcome::Denied);
    }

    /// Says that it took too long and was given up.
    #[inline]
    pub fn timed_out(self) {
        OPERATION_TIMEOUTS.with(O::KIND).inc();
        self.end_with(OperationOutcome::Timeout);
    }

    fn end_with(mut self, outcome: OperationOutcome) {
        let now = self
            .flight
            .land_with(outcome, outcome == OperationOutcome::Ok);
        if outcome == OperationOutcome::Ok {
            self.operation.done();
        }
        self.record(outcome, now);
    }

    fn record(&self, outcome: OperationOutcome, now: Moment) {
        self.operation
            .duration()
            .observe(self.flight.begun().until(now));
        self.operation.count(outcome).inc();
    }
}

impl<O: Operation> Drop for OperationGuard<O> {
    fn drop(&mut self) {
        match self.flight.crash() {
            None => {}
            Some((Unsaid::Panicked, now)) => self.record(OperationOutcome::Error, now),
            Some((Unsaid::Dropped, now)) => self.record(OperationOutcome::Cancelled, now),
        }
    }
}

/// A connection that is open until this is dropped.
#[derive(Debug)]
#[must_use = "the connection counts as closed as soon as this is dropped"]
pub struct Connection {
    _open: InFlight,
}

impl Connection {
    /// A connection, by who opened it.
    #[inline]
    pub fn open(direction: Side) -> Connection {
        Connection {
            _open: CONNECTIONS_OPEN.with(direction).in_flight(),
        }
    }

    /// Counts bytes that came over it.
    #[inline]
    pub fn received(&self, bytes: usize) {
        NETWORK_BYTES.with(Side::Inbound).inc_by(bytes as u64);
    }

    /// Counts bytes that went over it.
    #[inline]
    pub fn sent(&self, bytes: usize) {
        NETWORK_BYTES.with(Side::Outbound).inc_by(bytes as u64);
    }
}

/// A child process that runs until this is dropped.
#[derive(Debug)]
#[must_use = "the process counts as ended as soon as this is dropped"]
pub struct ChildProcess {
    _running: InFlight,
}

impl ChildProcess {
    /// A child process that has just been started.
    #[inline]
    pub fn spawned() -> ChildProcess {
        ChildProcess {
            _running: PROCESSES_RUNNING.in_flight(),
        }
    }

    /// Says how it ended: `std::process::ExitStatus::code()`, which is `None` for a signal.
    #[inline]
    pub fn exited(self, code: Option<i32>) {
        let exit = match code {
            Some(0) => Exit::Zero,
            Some(_) => Exit::Nonzero,
            None => Exit::Signal,
        };
        PROCESS_EXITS.with(exit).inc();
    }
}
