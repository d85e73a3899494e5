//! The first traces of an order, and where the next ones begin.

use std::cmp::Reverse;
use std::fmt;
use std::str::FromStr;

use crate::model::trace::TraceId;

/// Where the next traces of a search begin: after a trace, by its place in the order. Traces that come and go do not move it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor(pub(super) Rank);

/// A trace's place in an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    /// What the order is by, the most first.
    pub(super) figure: Reverse<u64>,
    pub(super) start_ns: Reverse<u64>,
    pub(super) id: TraceId,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Rank {
            figure,
            start_ns,
            id,
        } = self.0;
        write!(f, "{:x}.{:x}.{id}", figure.0, start_ns.0)
    }
}

/// A text that is no cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotACursor;

impl fmt::Display for NotACursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a cursor: write one that an answer has given, as it is")
    }
}

impl std::error::Error for NotACursor {}

impl FromStr for Cursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Cursor, NotACursor> {
        let mut parts = text.splitn(3, '.');
        let mut next = || parts.next().ok_or(NotACursor);
        let number = |text: &str| u64::from_str_radix(text, 16).map_err(|_| NotACursor);
        Ok(Cursor(Rank {
            figure: Reverse(number(next()?)?),
            start_ns: Reverse(number(next()?)?),
            id: next()?.parse().map_err(|_| NotACursor)?,
        }))
    }
}

/// The first so many by rank.
#[derive(Debug)]
pub(super) struct Top<T> {
    most: usize,
    after: Option<Rank>,
    /// By rank.
    pub(super) kept: Vec<(Rank, T)>,
    /// Whether there are further ones.
    pub(super) more: bool,
}

impl<T> Top<T> {
    pub(super) fn new(most: usize, after: Option<Cursor>) -> Top<T> {
        Top {
            most,
            after: after.map(|cursor| cursor.0),
            kept: Vec::new(),
            more: false,
        }
    }

    /// Adds one if it is among the first; only then it is made.
    pub(super) fn add(&mut self, rank: Rank, make: impl FnOnce() -> Option<T>) {
        if self.after.is_some_and(|after| rank <= after) {
            return;
        }
        let is_full = self.kept.len() == self.most;
        if is_full && self.kept.last().is_none_or(|(last, _)| rank > *last) {
            self.more = true;
            return;
        }
        let place = self.kept.partition_point(|(other, _)| *other < rank);
        if let Some(made) = make() {
            self.kept.insert(place, (rank, made));
            if is_full {
                self.kept.pop();
                self.more = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rank(figure: u64) -> Rank {
        Rank {
            figure: Reverse(figure),
            start_ns: Reverse(1),
            id: TraceId::new(7).unwrap(),
        }
    }

    #[test]
    fn the_first_of_an_order_stay() {
        let figures = |top: &Top<u64>| {
            top.kept
                .iter()
                .map(|(_, figure)| *figure)
                .collect::<Vec<_>>()
        };
        let mut top = Top::new(3, None);
        [5, 1, 9, 7, 3]
            .into_iter()
            .for_each(|figure| top.add(rank(figure), || Some(figure)));
        assert_eq!((figures(&top), top.more), (vec![9, 7, 5], true));
        let mut top = Top::new(3, Some(Cursor(rank(5))));
        [5, 1, 9, 7, 3]
            .into_iter()
            .for_each(|figure| top.add(rank(figure), || Some(figure)));
        assert_eq!((figures(&top), top.more), (vec![3, 1], false));
        let mut none = Top::new(0, None);
        none.add(rank(1), || Some(1));
        assert!(none.kept.is_empty() && none.more);
    }

    #[test]
    fn cursors_are_written_as_they_are_read() {
        let cursor = Cursor(rank(255));
        assert_eq!(cursor.to_string(), "ff.1.00000000000000000000000000000007");
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for text in ["", "1.2", "1.2.3", "x.1.00000000000000000000000000000007"] {
            assert_eq!(text.parse::<Cursor>(), Err(NotACursor));
        }
    }
}
