//! A fault: the line it is on, what is wrong, and what to do about it.

use std::fmt;

use serde_json::{Value, json};

/// How many characters of a long text are shown of its beginning; more would fill the terminal.
const BEGINNING: usize = 160;

/// How many of its end.
const END: usize = 60;

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

/// Makes a fault. What is wrong may be very long, as when a line is a page of HTML: its middle is left out.
pub(super) fn fault(rule: &'static str, what: impl Into<String>, advice: &'static str) -> Fault {
    Fault {
        rule,
        what: shortened(what.into()),
        advice,
    }
}

/// A text of which the beginning and the end are left, where it is long.
fn shortened(text: String) -> String {
    let boundary = |(at, _): (usize, char)| at;
    let begins = text.char_indices().nth(BEGINNING).map(boundary);
    let ends = text.char_indices().nth_back(END).map(boundary);
    match (begins, ends) {
        (Some(begins), Some(ends)) if begins < ends => {
            format!("{}…{}", &text[..begins], &text[ends..])
        }
        _ => text,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_a_long_text_is_left_out() {
        for short in ["".to_owned(), "ü".repeat(BEGINNING + END)] {
            assert_eq!(shortened(short.clone()), short);
        }
        let long = format!("`{}` is no name", "ü".repeat(1_000_000));
        let shown = shortened(long);
        assert!(
            shown.starts_with("`üü") && shown.contains("ü…ü") && shown.ends_with("` is no name")
        );
        assert_eq!(shown.chars().count(), BEGINNING + 1 + END + 1);
    }
}
