//! The columns of components as one table: order, titles, widths, and which of them a narrow screen gives up first.

use std::cmp::Ordering;

use super::board::Row;
use crate::quantile::Quantile;

/// One column of a table with such rows.
#[derive(Debug)]
pub(crate) struct Column<R: 'static> {
    /// The heading.
    pub(crate) title: &'static str,
    /// How wide it is; the first column takes what is left and has no width of its own.
    pub(crate) width: u16,
    /// How much it is needed: a narrow screen gives up the highest numbers first.
    pub(crate) rank: u8,
    /// What it means, for the help.
    pub(crate) help: &'static str,
    /// What a row shows in it.
    pub(crate) cell: fn(&R) -> Cell,
}

/// A row that has a name.
pub(crate) trait Listed {
    /// What stands in the first column, safe to print.
    fn name(&self) -> String;
    /// The order of names.
    fn by_name(&self, other: &Self) -> Ordering;
}

/// What stands in one place of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Cell {
    /// The row's name.
    Name,
    /// One word.
    Word(&'static str),
    /// The last steps as little bars, drawn by whoever knows them.
    Trend,
    /// A number of no unit, whole or not.
    Amount(Option<f64>),
    /// Something per second.
    Rate(Option<f64>),
    /// A share, 0 to 1.
    Share(Option<f64>),
    /// Seconds that something took.
    Took(Option<f64>),
    /// Seconds since something began; less of it comes first.
    Ago(Option<f64>),
    /// A percentile in seconds.
    Seconds(Option<Quantile>),
    /// Bytes.
    Bytes(Option<f64>),
    /// A whole number.
    Count(Option<f64>),
}

/// All columns, as they stand from left to right.
pub(crate) const COLUMNS: &[Column<Row>] = &[
    Column {
        title: "component",
        width: 0,
        rank: 0,
        help: "name",
        cell: |_| Cell::Name,
    },
    Column {
        title: "msg/s",
        width: 7,
        rank: 1,
        help: "messages processed per second, just now",
        cell: |row| Cell::Rate(row.rate),
    },
    Column {
        title: "errors",
        width: 7,
        rank: 2,
        help: "share of messages whose outcome was not ok",
        cell: |row| Cell::Share(row.errors),
    },
    Column {
        title: "p50",
        width: 7,
        rank: 7,
        help: "half of the messages took at most this",
        cell: |row| Cell::Seconds(row.p50),
    },
    Column {
        title: "p99",
        width: 7,
        rank: 3,
        help: "99 of 100 messages took at most this",
        cell: |row| Cell::Seconds(row.p99),
    },
    Column {
        title: "flight",
        width: 6,
        rank: 8,
        help: "messages in flight",
        cell: |row| Cell::Count(row.in_flight),
    },
    Column {
        title: "memory",
        width: 8,
        rank: 4,
        help: "memory in use",
        cell: |row| Cell::Bytes(row.memory),
    },
    Column {
        title: "limit",
        width: 8,
        rank: 10,
        help: "memory allowed",
        cell: |row| Cell::Bytes(row.memory_limit),
    },
    Column {
        title: "fuel/s",
        width: 7,
        rank: 9,
        help: "fuel burnt per second, just now",
        cell: |row| Cell::Rate(row.fuel),
    },
    Column {
        title: "restarts",
        width: 8,
        rank: 5,
        help: "restarts since the process began",
        cell: |row| Cell::Count(row.restarts),
    },
    Column {
        title: "lost",
        width: 6,
        rank: 6,
        help: "messages no one will handle",
        cell: |row| Cell::Count(row.lost),
    },
];

impl Cell {
    fn number(self) -> Option<f64> {
        match self {
            Cell::Name | Cell::Word(_) | Cell::Trend => None,
            Cell::Amount(number)
            | Cell::Rate(number)
            | Cell::Share(number)
            | Cell::Bytes(number)
            | Cell::Took(number)
            | Cell::Count(number) => number,
            Cell::Ago(number) => number.map(|seconds| -seconds),
            Cell::Seconds(quantile) => quantile.map(|quantile| quantile.value),
        }
    }
}

impl<R: Listed> Column<R> {
    /// Which of two rows comes first: names from a to z, numbers from high to low, nothing last in either direction.
    pub(super) fn order(&self, a: &R, b: &R, reversed: bool) -> Ordering {
        let turned = |order: Ordering| if reversed { order.reverse() } else { order };
        match ((self.cell)(a).number(), (self.cell)(b).number()) {
            (Some(a), Some(b)) => turned(b.total_cmp(&a)),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => match ((self.cell)(a), (self.cell)(b)) {
                (Cell::Name, Cell::Name) => turned(a.by_name(b)),
                (Cell::Word(a), Cell::Word(b)) => turned(a.cmp(b)),
                _ => Ordering::Equal,
            },
        }
    }
}

/// Sorts by a column; rows that are equal in it stand by name.
pub(super) fn sort<R: Listed>(rows: &mut [R], columns: &[Column<R>], by: usize, reversed: bool) {
    let Some(column) = columns.get(by) else {
        return;
    };
    rows.sort_by(|a, b| column.order(a, b, reversed).then_with(|| a.by_name(b)));
}
