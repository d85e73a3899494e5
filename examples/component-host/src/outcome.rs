//! How things end, in the words of the labels that are the host's own.

use obs::LabelValue;
use obs::host::errors::ErrorType;
use obs::host::messages::MessageOutcome;

/// Why a component was started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub(crate) enum Cause {
    /// Its guest trapped and got a new store.
    Trap,
    /// Its actor panicked and was started anew by its supervisor.
    Panic,
}

/// Why a guest did not do what it was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It answered with an error, because of this.
    Refused(ErrorType),
    /// It did not survive the call: it needs a store of its own again.
    Trapped,
    /// It was interrupted, and needs one as well.
    Interrupted,
}

impl Fault {
    pub(crate) fn outcome(self) -> MessageOutcome {
        match self {
            Fault::Refused(_) => MessageOutcome::Error,
            Fault::Trapped => MessageOutcome::Trap,
            Fault::Interrupted => MessageOutcome::Timeout,
        }
    }

    pub(crate) fn error(self) -> ErrorType {
        match self {
            Fault::Refused(why) => why,
            Fault::Trapped => ErrorType::Trap,
            Fault::Interrupted => ErrorType::Timeout,
        }
    }
}
