//! What can be said of a stored trace by its facts, without reading it.

use super::expression::{Condition, Expression, Has, Test};
use super::pattern::Pattern;
use super::verdict::Verdict;
use crate::store::traces::{
    EVENTS, INCOMPLETE, LINKS, MORE_COMPONENTS, MORE_OPERATIONS, Mark, Seen,
};

/// Whether a trace fulfils an expression.
pub(super) fn judge(expression: &Expression, seen: Seen<'_, '_>, now_ns: u64) -> Verdict {
    expression.judge(&mut |part| match part {
        Expression::Is(condition) => of_trace(condition, seen, now_ns),
        Expression::Span(inner) => {
            // What one span must fulfil, spans must fulfil together; that they do does not say that one does.
            match inner.judge(&mut |part| in_span(part, seen)) {
                Verdict::No => Verdict::No,
                _ => Verdict::Maybe,
            }
        }
        _ => Verdict::Maybe,
    })
}

/// Whether a span may fulfil a condition; never that one does, so that its opposite may hold as well.
fn in_span(part: &Expression, seen: Seen<'_, '_>) -> Verdict {
    let Expression::Is(condition) = part else {
        return Verdict::Maybe;
    };
    let verdict = match condition {
        // Of the trace this is the root's; a span may take longer only if it is detached.
        Condition::Duration(..) => Verdict::Maybe,
        other => of_trace(other, seen, 0),
    };
    match verdict {
        Verdict::No => Verdict::No,
        _ => Verdict::Maybe,
    }
}

fn of_trace(condition: &Condition, seen: Seen<'_, '_>, now_ns: u64) -> Verdict {
    let entry = seen.entry;
    let has = |flag: u8| entry.flags & flag != 0;
    match condition {
        Condition::Operation(pattern) => named(seen.operations(), pattern, has(MORE_OPERATIONS)),
        Condition::Component(pattern) => named(seen.components(), pattern, has(MORE_COMPONENTS)),
        Condition::Root(pattern) => pattern.is(seen.root()).into(),
        Condition::Duration(comparison, ns) => comparison.holds(entry.duration_ns, *ns).into(),
        Condition::OwnTime(comparison, ns) => own_time(*comparison, *ns, entry.longest_own_ns),
        Condition::Failed => (entry.statuses & failures() != 0).into(),
        Condition::Status(status) => (entry.statuses & 1 << *status as u8 != 0).into(),
        Condition::Kind(kind) => (entry.kinds & 1 << *kind as u8 != 0).into(),
        Condition::Has(Has::Event) => has(EVENTS).into(),
        Condition::Has(Has::Link) => has(LINKS).into(),
        Condition::Spans(comparison, count) => {
            comparison.holds(u64::from(entry.spans), *count).into()
        }
        Condition::Trace(prefix) => seen.id().is_some_and(|id| prefix.is_of(id.get())).into(),
        Condition::Since(moment) => (seen.start_ns() >= moment.resolve(now_ns)).into(),
        Condition::Until(moment) => (seen.start_ns() < moment.resolve(now_ns)).into(),
        Condition::Policy(policy) => (seen.policy() == *policy).into(),
        Condition::Incomplete => has(INCOMPLETE).into(),
        Condition::Attribute(key, test) => {
            let mark = match test {
                Test::Equals(value) => Mark::Value(key, value),
                Test::Exists | Test::Like(_) | Test::Number(..) => Mark::Key(key),
            };
            perhaps(seen.may_have(mark))
        }
        // Marks are of names as they are written, and this asks without regard to case.
        Condition::Event(_) => perhaps(has(EVENTS)),
        Condition::Text(pattern) => {
            let mut names = seen.operations().chain(seen.components());
            match names.any(|name| pattern.is_in(name)) {
                true => Verdict::Yes,
                false => Verdict::Maybe,
            }
        }
    }
}

fn perhaps(may: bool) -> Verdict {
    if may { Verdict::Maybe } else { Verdict::No }
}

/// Whether a name is like this, of a list that may not be all.
fn named<'n>(mut names: impl Iterator<Item = &'n str>, pattern: &Pattern, more: bool) -> Verdict {
    match names.any(|name| pattern.is(name)) {
        true => Verdict::Yes,
        false => perhaps(more),
    }
}

/// Whether a span took such a time itself, by the longest alone.
fn own_time(comparison: super::expression::Comparison, limit: u64, longest: u64) -> Verdict {
    use super::expression::Comparison::{AtLeast, AtMost, Equal, Less, More};
    match (comparison, comparison.holds(longest, limit)) {
        (_, true) => Verdict::Yes,
        (More | AtLeast, false) => Verdict::No,
        (Equal, false) => perhaps(longest > limit),
        (Less | AtMost, false) => Verdict::Maybe,
    }
}

/// The bits of statuses that are faults.
fn failures() -> u8 {
    use crate::model::trace::Status;
    1 << Status::Error as u8 | 1 << Status::Panicked as u8
}
