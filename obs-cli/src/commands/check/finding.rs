//! A fault: the line it is on, what is wrong, and what to do about it.

use std::fmt;

use serde_json::{Value, json};

/// What is wrong on a line, before the line is known.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fault {
    /// A short name for the kind of fault, which stays the same.
    pub(super) rule: &'static str,
    /// What is wrong.
    pub(super) what: String,
    /// What to do about it.
    pub(super) advice: &'static str,
}

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Finding {
    /// Counted from 1.
    pub(super) line: usize,
    pub(super) fault: Fault,
}

/// Makes a fault.
pub(super) fn fault(rule: &'static str, what: impl Into<String>, advice: &'static str) -> Fault {
    Fault {
        rule,
        what: what.into(),
        advice,
    }
}

impl Fault {
    /// On this line.
    pub(super) fn at(self, line: usize) -> Finding {
        Finding { line, fault: self }
    }
}

impl Finding {
    /// The finding as JSON.
    pub(super) fn json(&self) -> Value {
        json!({
            "line": self.line,
            "rule": self.fault.rule,
            "what": self.fault.what,
            "advice": self.fault.advice,
        })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fault { rule, what, advice } = &self.fault;
        write!(f, "{what}: {advice} [{rule}]")
    }
}
