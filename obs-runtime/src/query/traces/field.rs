//! The fields of a query, what each takes, and those most like a misspelt one.

use super::expression::{Comparison, Condition, Expression, Has, IdPrefix, Test};
use super::parse::QueryError;
use super::pattern::Pattern;
use super::token::{Letter, Word};
use super::unit::{self, Moment};
use crate::model::trace::{Kind, Policy, Status};

/// Names of fields; attributes are `attr.` and a key.
const FIELDS: [&str; 15] = [
    "op", "root", "comp", "dur", "self", "status", "kind", "has", "event", "text", "spans",
    "trace", "since", "until", "policy",
];

/// Words that are conditions by themselves.
const FLAGS: [(&str, Condition); 2] = [
    ("err", Condition::Failed),
    ("incomplete", Condition::Incomplete),
];

/// What stands before the key of an attribute.
pub(super) const ATTRIBUTE: &str = "attr.";

const STATUSES: [Status; 5] = [
    Status::Unset,
    Status::Ok,
    Status::Error,
    Status::Panicked,
    Status::Cancelled,
];
const KINDS: [Kind; 5] = [
    Kind::Internal,
    Kind::Server,
    Kind::Client,
    Kind::Producer,
    Kind::Consumer,
];

/// How a field and its value are joined.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Operator {
    Like,
    Equals,
    Differs,
    Contains,
    Compares(Comparison),
}

/// A field's value, and where it stands.
struct Value<'w> {
    letters: &'w [Letter],
    column: usize,
}

/// The condition that a word is.
pub(super) fn condition(word: &Word, column: usize) -> Result<Expression, QueryError> {
    let letters = &word.letters;
    let Some((end, operator, start)) = operator(letters) else {
        return Ok(Expression::Is(lone(word)));
    };
    let name = text(&letters[..end]);
    let value = Value {
        letters: &letters[start..],
        column: column + start,
    };
    if value.letters.is_empty() && !word.has_quotes {
        let reason =
            format!("nothing stands after `{name}`: write a value, or `\"\"` for the empty text");
        return Err(QueryError::new(column, reason));
    }
    let condition = match name.strip_prefix(ATTRIBUTE) {
        Some("") => {
            let reason = "which attribute? write `attr.` and its key";
            return Err(QueryError::new(column, reason));
        }
        Some(key) => Condition::Attribute(key.to_owned(), value.test(operator)?),
        None => field(&name, operator, &value, column)?,
    };
    let is = Expression::Is(condition);
    Ok(match operator {
        Operator::Differs => Expression::Not(Box::new(is)),
        _ => is,
    })
}

/// Where a word's operator begins and ends, and which it is.
fn operator(word: &[Letter]) -> Option<(usize, Operator, usize)> {
    let bare = |at: usize| {
        word.get(at)
            .filter(|letter| !letter.quoted)
            .map(|l| l.letter)
    };
    (0..word.len()).find_map(|at| {
        let (operator, length) = match (bare(at)?, bare(at + 1)) {
            (':', _) => (Operator::Like, 1),
            ('!', Some('=')) => (Operator::Differs, 2),
            ('~', _) => (Operator::Contains, 1),
            ('<', Some('=')) => (Operator::Compares(Comparison::AtMost), 2),
            ('>', Some('=')) => (Operator::Compares(Comparison::AtLeast), 2),
            ('<', _) => (Operator::Compares(Comparison::Less), 1),
            ('>', _) => (Operator::Compares(Comparison::More), 1),
            ('=', _) => (Operator::Equals, 1),
            _ => return None,
        };
        Some((at, operator, at + length))
    })
}

fn text(word: &[Letter]) -> String {
    word.iter().map(|letter| letter.letter).collect()
}

/// A word without an operator: a flag, an attribute that must be there, or a text.
fn lone(word: &Word) -> Condition {
    let bare = word.bare();
    let flag = FLAGS
        .iter()
        .find(|(flag, _)| bare.as_deref() == Some(*flag));
    if let Some((_, condition)) = flag {
        return condition.clone();
    }
    // A key may be quoted, but not the word before it.
    let prefix = word.letters.iter().take(ATTRIBUTE.len());
    let is_attribute = prefix.clone().all(|letter| !letter.quoted);
    let key = text(&word.letters);
    match key.strip_prefix(ATTRIBUTE) {
        Some(key) if is_attribute && !key.is_empty() => {
            Condition::Attribute(key.to_owned(), Test::Exists)
        }
        _ => Condition::Text(Pattern::of(&word.letters)),
    }
}

fn field(
    name: &str,
    operator: Operator,
    value: &Value<'_>,
    column: usize,
) -> Result<Condition, QueryError> {
    Ok(match name {
        "op" => Condition::Operation(value.pattern(name, operator, column)?),
        "root" => Condition::Root(value.pattern(name, operator, column)?),
        "comp" => Condition::Component(value.pattern(name, operator, column)?),
        "event" => Condition::Event(value.pattern(name, operator, column)?),
        "text" => {
            only_equality(name, operator, column)?;
            Condition::Text(Pattern::of(value.letters))
        }
        "dur" => Condition::Duration(operator.comparison(), value.duration(name)?),
        "self" => Condition::OwnTime(operator.comparison(), value.duration(name)?),
        "spans" => Condition::Spans(operator.comparison(), value.count()?),
        _ => {
            only_equality(name, operator, column)?;
            match name {
                "status" => Condition::Status(value.one_of(&STATUSES, Status::name)?),
                "kind" => Condition::Kind(value.one_of(&KINDS, Kind::name)?),
                "policy" => Condition::Policy(value.one_of(&Policy::ALL, Policy::name)?),
                "has" => Condition::Has(value.one_of(&[Has::Event, Has::Link], Has::name)?),
                "trace" => Condition::Trace(value.id_prefix()?),
                "since" => Condition::Since(value.moment(name)?),
                "until" => Condition::Until(value.moment(name)?),
                _ => return Err(no_field(name, column)),
            }
        }
    })
}

fn only_equality(name: &str, operator: Operator, column: usize) -> Result<(), QueryError> {
    match operator {
        Operator::Like | Operator::Equals | Operator::Differs => Ok(()),
        _ if !FIELDS.contains(&name) => Err(no_field(name, column)),
        _ => Err(QueryError::new(
            column,
            format!("`{name}` is not compared: write `{name}:` and a value"),
        )),
    }
}

fn no_field(name: &str, column: usize) -> QueryError {
    let flags = FLAGS.iter().map(|(flag, _)| *flag);
    let names = FIELDS.into_iter().chain(flags).chain([ATTRIBUTE]);
    let nearest = nearest(name, names);
    QueryError::new(
        column,
        format!(
            "there is no field `{name}`: the nearest is `{nearest}`; a text with an operator in it stands in quotes"
        ),
    )
}

/// The name most like another.
fn nearest<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> &'n str {
    let nearest = names.min_by_key(|known| strsim::osa_distance(known, name));
    nearest.unwrap_or_default()
}

impl Has {
    pub(super) fn name(self) -> &'static str {
        match self {
            Has::Event => "event",
            Has::Link => "link",
        }
    }
}

impl Operator {
    fn comparison(self) -> Comparison {
        match self {
            Operator::Compares(comparison) => comparison,
            _ => Comparison::Equal,
        }
    }
}

impl Value<'_> {
    fn text(&self) -> String {
        text(self.letters)
    }

    fn refused(&self, reason: impl Into<String>) -> QueryError {
        QueryError::new(self.column, reason)
    }

    fn pattern(
        &self,
        name: &str,
        operator: Operator,
        column: usize,
    ) -> Result<Pattern, QueryError> {
        let pattern = Pattern::of(self.letters);
        if operator == Operator::Contains {
            return Ok(pattern.somewhere());
        }
        only_equality(name, operator, column)?;
        Ok(pattern)
    }

    fn test(&self, operator: Operator) -> Result<Test, QueryError> {
        Ok(match operator {
            Operator::Like => Test::Like(Pattern::of(self.letters)),
            Operator::Contains => Test::Like(Pattern::of(self.letters).somewhere()),
            Operator::Equals | Operator::Differs => Test::Equals(self.text()),
            Operator::Compares(comparison) => {
                let text = self.text();
                let number = unit::number(&text).ok_or_else(|| {
                    self.refused(format!(
                        "`{text}` is no number: write one, like `5`, `0.5` or `10MiB`"
                    ))
                })?;
                Test::Number(comparison, number)
            }
        })
    }

    fn duration(&self, name: &str) -> Result<u64, QueryError> {
        let text = self.text();
        unit::duration_ns(&text).ok_or_else(|| {
            self.refused(format!(
                "`{text}` is no duration: write a number and its unit, like `{name}>5ms` (ns, us, ms, s, m, h, d)"
            ))
        })
    }

    fn count(&self) -> Result<u64, QueryError> {
        let text = self.text();
        let count = text.parse().ok().filter(|_| !text.starts_with('+'));
        count.ok_or_else(|| {
            self.refused(format!(
                "`{text}` is no count: write a whole number, like `spans>100`"
            ))
        })
    }

    fn moment(&self, name: &str) -> Result<Moment, QueryError> {
        let text = self.text();
        Moment::of(&text).ok_or_else(|| {
            self.refused(format!(
                "`{text}` is no time: write how long ago, like `{name}:10m`, a day, like `{name}:2026-11-24`, or \
                 `{name}:2026-11-24T06:19:00Z`"
            ))
        })
    }

    fn id_prefix(&self) -> Result<IdPrefix, QueryError> {
        let text = self.text();
        let refused = || {
            self.refused(format!(
                "`{text}` begins no trace id: write 1 to 32 hexadecimal digits"
            ))
        };
        if !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(refused());
        }
        let bits = u128::from_str_radix(&text, 16).map_err(|_| refused())?;
        let digits = u32::try_from(text.len()).map_err(|_| refused())?;
        if digits > 32 {
            return Err(refused());
        }
        Ok(IdPrefix {
            bits: bits << (128 - 4 * digits),
            digits,
        })
    }

    /// The value of this name.
    fn one_of<T: Copy>(
        &self,
        values: &[T],
        name: impl Fn(T) -> &'static str,
    ) -> Result<T, QueryError> {
        let text = self.text().to_lowercase();
        let found = values.iter().find(|value| name(**value) == text);
        found.copied().ok_or_else(|| {
            let names: Vec<_> = values.iter().map(|value| name(*value)).collect();
            let nearest = nearest(&text, names.iter().copied());
            self.refused(format!(
                "there is no `{text}` here: the nearest is `{nearest}`, of {}",
                names.join(", ")
            ))
        })
    }
}
