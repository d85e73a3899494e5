//! How things end, in the words of the labels.

use obs::LabelValue;

/// How a message ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub(crate) enum Outcome {
    /// The guest answered.
    Ok,
    /// The guest answered with an error, or a host call failed.
    Error,
    /// The guest trapped.
    Trap,
    /// The guest used up its fuel.
    Fuel,
    /// The guest ran past its epoch deadline.
    Interrupted,
    /// The guest trapped because the limiter had refused it memory.
    MemoryDenied,
    /// The actor that ran the guest panicked.
    Panic,
}

/// Why a component was started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub(crate) enum Cause {
    /// Its guest trapped and got a new store.
    Trap,
    /// Its actor panicked and was started anew by its supervisor.
    Panic,
}

/// Why a mailbox let go of a message that it had accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub(crate) enum Dropped {
    /// The actor panicked while the message waited.
    Restart,
}

/// What a guest asked of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub(crate) enum Operation {
    FileRead,
    StorageGet,
    StorageSet,
    Send,
}

/// What the storage was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub(crate) enum StorageOp {
    Get,
    Set,
}

/// Whether an operation succeeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub(crate) enum Success {
    Ok,
    Error,
}

impl Success {
    pub(crate) fn of<T, E>(result: &Result<T, E>) -> Self {
        if result.is_ok() {
            Self::Ok
        } else {
            Self::Error
        }
    }
}
