//! The commands that print.
//!
//! *In:* arguments, a client, somewhere to write. *Out:* text or one JSON document, and what it came to. *Loss:* none.

/// What was recorded.
mod metrics;

/// What can be recorded.
mod catalogue;

/// Dashboards and rules made of the catalogue.
mod generate;

/// Faults of an exposition.
mod check;

/// Traces.
mod traces;

/// What became of every span.
mod doctor;

/// Scripts for shells.
mod completions;

pub(crate) use catalogue::catalogue;
pub(crate) use check::check_metrics;
pub(crate) use completions::completions;
pub(crate) use doctor::doctor;
pub(crate) use metrics::metrics;
pub(crate) use traces::traces;

/// What a command came to, unless it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The answer is printed, or nothing was found wrong.
    Fine,
    /// A check found something; or nothing matched what was asked for.
    Found,
}

impl Outcome {
    /// Of a question: nothing that matches is worth an exit code.
    fn of_matches(matches: usize) -> Outcome {
        if matches == 0 {
            Outcome::Found
        } else {
            Outcome::Fine
        }
    }
}

#[cfg(test)]
mod fixture;
