//! From a query to text that is read as the same query.

use std::fmt;

use super::Query;
use super::expression::{Comparison, Condition, Expression, IdPrefix, Test};
use super::field::ATTRIBUTE;
use super::pattern::{Pattern, write_text};
use super::unit::Nanoseconds;

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.expression {
            Expression::All(parts) => all(f, parts),
            Expression::Any(parts) => any(f, parts),
            other => other.fmt(f),
        }
    }
}

fn all(f: &mut fmt::Formatter<'_>, parts: &[Expression]) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        write!(f, "{}{part}", if index == 0 { "" } else { " " })?;
    }
    Ok(())
}

/// What stands side by side in an alternative needs no brackets: more of them than were read might be too many.
fn any(f: &mut fmt::Formatter<'_>, parts: &[Expression]) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        f.write_str(if index == 0 { "" } else { " or " })?;
        match part {
            Expression::All(parts) if !parts.is_empty() => all(f, parts)?,
            other => write!(f, "{other}")?,
        }
    }
    Ok(())
}

/// With brackets where it consists of several.
impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expression::All(parts) => {
                f.write_str("(")?;
                all(f, parts)?;
                f.write_str(")")
            }
            Expression::Any(parts) => {
                f.write_str("(")?;
                any(f, parts)?;
                f.write_str(")")
            }
            Expression::Not(part) => write!(f, "!{part}"),
            Expression::Span(part) => {
                f.write_str("span{")?;
                match part.as_ref() {
                    Expression::All(parts) => all(f, parts)?,
                    Expression::Any(parts) => any(f, parts)?,
                    other => other.fmt(f)?,
                }
                f.write_str("}")
            }
            Expression::Is(condition) => condition.fmt(f),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Condition::Operation(pattern) => write!(f, "op:{pattern}"),
            Condition::Root(pattern) => write!(f, "root:{pattern}"),
            Condition::Component(pattern) => write!(f, "comp:{pattern}"),
            Condition::Event(pattern) => write!(f, "event:{pattern}"),
            Condition::Text(pattern) => text(f, pattern),
            Condition::Duration(comparison, ns) => write!(f, "dur{comparison}{}", Nanoseconds(*ns)),
            Condition::OwnTime(comparison, ns) => write!(f, "self{comparison}{}", Nanoseconds(*ns)),
            Condition::Spans(comparison, count) => write!(f, "spans{comparison}{count}"),
            Condition::Failed => f.write_str("err"),
            Condition::Incomplete => f.write_str("incomplete"),
            Condition::Status(status) => write!(f, "status:{}", status.name()),
            Condition::Kind(kind) => write!(f, "kind:{}", kind.name()),
            Condition::Policy(policy) => write!(f, "policy:{}", policy.name()),
            Condition::Has(has) => write!(f, "has:{}", has.name()),
            Condition::Trace(prefix) => write!(f, "trace:{prefix}"),
            Condition::Since(moment) => write!(f, "since:{moment}"),
            Condition::Until(moment) => write!(f, "until:{moment}"),
            Condition::Attribute(key, test) => {
                f.write_str(ATTRIBUTE)?;
                write_text(f, key)?;
                match test {
                    Test::Exists => Ok(()),
                    Test::Equals(value) => {
                        f.write_str("=")?;
                        write_text(f, value)
                    }
                    Test::Like(pattern) => write!(f, ":{pattern}"),
                    Test::Number(comparison, number) => write!(f, "{comparison}{number}"),
                }
            }
        }
    }
}

/// A word alone, where it cannot be taken for anything else.
fn text(f: &mut fmt::Formatter<'_>, pattern: &Pattern) -> fmt::Result {
    let word = pattern.to_string();
    let bare = word.starts_with(char::is_alphanumeric)
        && !matches!(word.as_str(), "or" | "and" | "span" | "err" | "incomplete")
        && !word.starts_with(ATTRIBUTE);
    let field = if bare { "" } else { "text:" };
    write!(f, "{field}{word}")
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Comparison::Less => "<",
            Comparison::AtMost => "<=",
            Comparison::Equal => "=",
            Comparison::AtLeast => ">=",
            Comparison::More => ">",
        })
    }
}

impl fmt::Display for IdPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.digits as usize;
        write!(f, "{:0digits$x}", self.bits >> (128 - 4 * self.digits))
    }
}
