//! What a query consists of.

use std::cmp::Ordering;

use super::pattern::Pattern;
use super::unit::Moment;
use super::verdict::Verdict;
use crate::model::trace::{Kind, Policy, Status};

/// A condition, or several put together.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expression {
    /// All must hold; none is fulfilled by everything.
    All(Vec<Expression>),
    /// One must hold.
    Any(Vec<Expression>),
    /// It must not hold.
    Not(Box<Expression>),
    /// One span alone must fulfil it.
    Span(Box<Expression>),
    /// A single condition.
    Is(Condition),
}

/// A single condition.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    Operation(Pattern),
    Component(Pattern),
    /// Of the trace, and inside `span{…}` of the span.
    Duration(Comparison, u64),
    OwnTime(Comparison, u64),
    Failed,
    Status(Status),
    Kind(Kind),
    Attribute(String, Test),
    Has(Has),
    Event(Pattern),
    Text(Pattern),
    Root(Pattern),
    Spans(Comparison, u64),
    Trace(IdPrefix),
    Since(Moment),
    Until(Moment),
    Policy(Policy),
    Incomplete,
}

/// What an attribute must be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Test {
    /// There.
    Exists,
    /// Exactly this text.
    Equals(String),
    /// Of this form.
    Like(Pattern),
    /// A number that compares so.
    Number(Comparison, f64),
}

/// What a span can have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Has {
    Event,
    Link,
}

/// How a figure must compare.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Comparison {
    Less,
    AtMost,
    Equal,
    AtLeast,
    More,
}

/// The beginning of a trace id.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct IdPrefix {
    /// Its digits, at the upper end.
    pub(crate) bits: u128,
    /// How many there are: 1 to 32.
    pub(crate) digits: u32,
}

impl Comparison {
    /// Whether two figures compare so; what cannot be compared does not.
    pub(crate) fn holds<T: PartialOrd>(self, figure: T, limit: T) -> bool {
        let Some(ordering) = figure.partial_cmp(&limit) else {
            return false;
        };
        match self {
            Comparison::Less => ordering == Ordering::Less,
            Comparison::AtMost => ordering != Ordering::Greater,
            Comparison::Equal => ordering == Ordering::Equal,
            Comparison::AtLeast => ordering != Ordering::Less,
            Comparison::More => ordering == Ordering::Greater,
        }
    }
}

impl IdPrefix {
    /// Whether an id begins so.
    pub(crate) fn is_of(self, id: u128) -> bool {
        let shift = 128 - 4 * self.digits;
        id >> shift == self.bits >> shift
    }
}

impl Expression {
    /// Whether it holds, given what holds of its conditions and of its `span{…}`.
    pub(crate) fn judge(&self, holds: &mut impl FnMut(&Expression) -> Verdict) -> Verdict {
        match self {
            Expression::All(parts) => Verdict::all(parts.iter().map(|part| part.judge(holds))),
            Expression::Any(parts) => Verdict::any(parts.iter().map(|part| part.judge(holds))),
            Expression::Not(part) => part.judge(holds).opposite(),
            Expression::Span(_) | Expression::Is(_) => holds(self),
        }
    }

    /// Whether one of its conditions is such.
    pub(crate) fn has(&self, is: &impl Fn(&Condition) -> bool) -> bool {
        match self {
            Expression::All(parts) | Expression::Any(parts) => {
                parts.iter().any(|part| part.has(is))
            }
            Expression::Not(part) | Expression::Span(part) => part.has(is),
            Expression::Is(condition) => is(condition),
        }
    }
}
