//! The language in which traces are asked for, and what matches it.
//!
//! ```
//! use obs_runtime::query::traces::Query;
//!
//! let query: Query = "op:storage.* dur>5ms -attr.cached=true since:10m".parse().unwrap();
//! assert_eq!(query.to_string(), "op:storage.* dur>5ms !attr.cached=true since:10m");
//!
//! let error = "op:storage.* dru>5ms".parse::<Query>().unwrap_err();
//! assert_eq!(error.column, 14);
//! assert!(error.to_string().contains("the nearest is `dur`"));
//! ```
//!
//! # The language
//!
//! Words stand one after another and must all hold; `or` between them wants one of both sides; `!` or `-` in front wants the
//! opposite; `( )` groups. Case does not count but in `=`. Where blanks, brackets or operators belong to a text, `"…"` holds it
//! together; `\` takes the next character as it is. `*` in a text stands for any characters.
//!
//! | condition | holds for a trace where |
//! |---|---|
//! | `op:storage.*`, `root:…` | a span, the root has this operation (`~` instead of `:`: has it somewhere in its name) |
//! | `comp:auth` | a span ran in this component |
//! | `dur>5ms` | it took so long: its root did (`<`, `<=`, `>`, `>=`, `=`; units `ns us ms s m h d`) |
//! | `self>1ms` | a span took so long without those that it waited for |
//! | `err`, `status:cancelled` | a span failed or panicked, ended so |
//! | `kind:server` | a span has this role |
//! | `attr.user` | a span or one of its events has this attribute |
//! | `attr.user=42`, `attr.user:4*` | … with exactly this text, with one of this form |
//! | `attr.user~text`, `attr.rows>=10` | … with this somewhere in it, with such a number (units `kB KiB MB MiB GB GiB`) |
//! | `has:event`, `has:link`, `event:retry` | a span has an event, a link, an event of this name |
//! | `text:"timed out"`, `"timed out"`, `timeout` | the operation, the component, the status message, an attribute or an event of a span has it somewhere |
//! | `span{…}` | one span alone fulfils all that stands in the brackets; there `dur` is the span's |
//! | `spans>100` | it has so many spans |
//! | `trace:4bf92f` | its id begins so |
//! | `since:10m`, `until:2026-11-24T06:19:00Z` | it began not before, before this (so long ago, a day, or a time as of RFC 3339) |
//! | `policy:slow` | this policy kept it |
//! | `incomplete` | something of it is known to be missing |
//!
//! Outside `span{…}` every condition may hold for another span: `op:a err` finds a trace in which `a` went well and something
//! else failed; `span{op:a err}` wants `a` to have failed. `x!=y` is the same as `!x=y`: no span has it.

/// Words and brackets.
mod token;

/// Durations, sizes and moments as people write them.
mod unit;

/// A text with `*`.
mod pattern;

/// What a query consists of.
mod expression;

/// The fields, what each takes, and those most like a misspelt one.
mod field;

/// From text to a query.
mod parse;

/// From a query to text.
mod show;

/// Yes, no, or not to be said.
mod verdict;

/// Whether a trace matches.
mod matching;

/// In which order traces are shown.
mod order;

/// What a list says of a trace.
mod summary;

/// Over how much an answer speaks.
#[cfg(feature = "runtime")]
mod coverage;
/// What can be said of a stored trace without reading it.
#[cfg(feature = "runtime")]
mod foresight;
/// The first traces of an order.
#[cfg(feature = "runtime")]
mod rank;
/// One answer over memory and disk.
#[cfg(feature = "runtime")]
mod search;

#[cfg(test)]
mod tests;

#[cfg(feature = "runtime")]
pub use coverage::{Coverage, KeptBy, Received};
pub use matching::Matcher;
pub use order::{Order, OrderOperation};
pub use parse::QueryError;
#[cfg(feature = "runtime")]
pub use rank::{Cursor, NotACursor};
#[cfg(feature = "runtime")]
pub use search::{DEFAULT_LIMIT, DEFAULT_READ_BYTES, Found, Search};
pub use summary::Summary;

use expression::Expression;

/// Which traces are asked for; the empty text asks for all.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    expression: Expression,
}

impl Query {
    /// The query that every trace matches.
    pub fn all() -> Query {
        Query {
            expression: Expression::All(Vec::new()),
        }
    }
}
