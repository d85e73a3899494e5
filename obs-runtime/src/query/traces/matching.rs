//! Whether a trace matches, without allocating for each span.

use std::fmt::Write as _;

use super::Query;
use super::expression::{Condition, Expression, Has, Test};
use super::pattern::Pattern;
use super::verdict::Verdict;
use crate::model::trace::{Attribute, Span, Trace, Value, fill_own_times};

/// Matches one trace after another, in room that is used again.
#[derive(Debug)]
pub struct Matcher<'q> {
    expression: &'q Expression,
    now_ns: u64,
    asks_own_time: bool,
    /// Of each span of the trace at hand; empty where nobody asks.
    own_ns: Vec<u64>,
    /// The text of a value that is none.
    shown: String,
}

impl Query {
    /// Whether a trace matches at a moment, in nanoseconds since 1970. For many traces, a [`Matcher`] is faster.
    pub fn matches(&self, trace: &Trace, now_ns: u64) -> bool {
        Matcher::new(self, now_ns).matches(trace)
    }
}

impl<'q> Matcher<'q> {
    /// Prepares for a query at a moment, in nanoseconds since 1970: `since:10m` is relative to it.
    pub fn new(query: &'q Query, now_ns: u64) -> Matcher<'q> {
        let own_time = |condition: &Condition| matches!(condition, Condition::OwnTime(..));
        Matcher {
            expression: &query.expression,
            now_ns,
            asks_own_time: query.expression.has(&own_time),
            own_ns: Vec::new(),
            shown: String::new(),
        }
    }

    /// Whether a trace matches.
    pub fn matches(&mut self, trace: &Trace) -> bool {
        if self.asks_own_time {
            fill_own_times(trace, &mut self.own_ns);
        }
        let root = trace.root();
        let now_ns = self.now_ns;
        let mut spans = Spans {
            trace,
            own_ns: &self.own_ns,
            shown: &mut self.shown,
        };
        let verdict = self.expression.judge(&mut |part| match part {
            Expression::Span(inner) => spans.any(inner).into(),
            Expression::Is(condition) => match of_trace(condition, trace, root, now_ns) {
                Some(holds) => holds.into(),
                None => spans.any(part).into(),
            },
            _ => Verdict::Maybe,
        });
        verdict == Verdict::Yes
    }
}

/// Whether a condition holds for a whole trace; `None` for one that a span must fulfil.
fn of_trace(
    condition: &Condition,
    trace: &Trace,
    root: Option<&Span>,
    now_ns: u64,
) -> Option<bool> {
    let start_ns = root.map_or(0, |root| root.start_ns);
    Some(match condition {
        Condition::Root(pattern) => root.is_some_and(|root| pattern.is(&root.operation)),
        Condition::Duration(comparison, ns) => {
            root.is_some_and(|root| comparison.holds(root.duration_ns(), *ns))
        }
        Condition::Spans(comparison, count) => comparison.holds(trace.spans.len() as u64, *count),
        Condition::Trace(prefix) => prefix.is_of(trace.id.get()),
        Condition::Since(moment) => start_ns >= moment.resolve(now_ns),
        Condition::Until(moment) => start_ns < moment.resolve(now_ns),
        Condition::Policy(policy) => trace.kept.policy == *policy,
        Condition::Incomplete => trace.missing.is_incomplete(),
        _ => return None,
    })
}

/// The spans of a trace, asked one after another.
struct Spans<'t> {
    trace: &'t Trace,
    own_ns: &'t [u64],
    shown: &'t mut String,
}

impl Spans<'_> {
    /// Whether one of them fulfils all of an expression.
    fn any(&mut self, expression: &Expression) -> bool {
        let (trace, own_ns) = (self.trace, self.own_ns);
        trace.spans.iter().enumerate().any(|(at, span)| {
            let own_ns = own_ns.get(at).copied().unwrap_or_default();
            let verdict = expression.judge(&mut |part| match part {
                Expression::Is(condition) => self.holds(condition, span, own_ns).into(),
                _ => Verdict::Maybe,
            });
            verdict == Verdict::Yes
        })
    }

    fn holds(&mut self, condition: &Condition, span: &Span, own_ns: u64) -> bool {
        match condition {
            Condition::Operation(pattern) => pattern.is(&span.operation),
            Condition::Component(pattern) => {
                span.component.as_ref().is_some_and(|name| pattern.is(name))
            }
            Condition::Duration(comparison, ns) => comparison.holds(span.duration_ns(), *ns),
            Condition::OwnTime(comparison, ns) => comparison.holds(own_ns, *ns),
            Condition::Failed => span.status.is_failure(),
            Condition::Status(status) => span.status == *status,
            Condition::Kind(kind) => span.kind == *kind,
            Condition::Has(Has::Event) => !span.events.is_empty(),
            Condition::Has(Has::Link) => !span.links.is_empty(),
            Condition::Event(pattern) => span.events.iter().any(|event| pattern.is(&event.name)),
            Condition::Attribute(key, test) => {
                let mut all = attributes(span).filter(|attribute| *attribute.key == **key);
                all.any(|attribute| self.fits(test, &attribute.value))
            }
            Condition::Text(pattern) => self.says(pattern, span),
            _ => false,
        }
    }

    fn fits(&mut self, test: &Test, value: &Value) -> bool {
        match test {
            Test::Exists => true,
            Test::Equals(text) => self.text(value) == text,
            Test::Like(pattern) => pattern.is(self.text(value)),
            Test::Number(comparison, limit) => {
                number(value).is_some_and(|number| comparison.holds(number, *limit))
            }
        }
    }

    /// Whether a text stands somewhere in a span.
    fn says(&mut self, pattern: &Pattern, span: &Span) -> bool {
        pattern.is_in(&span.operation)
            || span
                .component
                .as_ref()
                .is_some_and(|name| pattern.is_in(name))
            || pattern.is_in(&span.status_message)
            || span.events.iter().any(|event| pattern.is_in(&event.name))
            || attributes(span).any(|attribute| {
                pattern.is_in(&attribute.key) || pattern.is_in(self.text(&attribute.value))
            })
    }

    fn text<'v>(&'v mut self, value: &'v Value) -> &'v str {
        if let Value::Text(text) = value {
            return text;
        }
        self.shown.clear();
        // A string takes all that is written to it.
        let _ = write!(self.shown, "{value}");
        self.shown
    }
}

/// The attributes of a span and of its events.
fn attributes(span: &Span) -> impl Iterator<Item = &Attribute> {
    let of_events = span.events.iter().flat_map(|event| &event.attributes);
    span.attributes.iter().chain(of_events)
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Int(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        Value::Text(text) => text.parse().ok(),
        _ => None,
    }
}
