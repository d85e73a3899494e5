//! What stands in a cell of a table.

use std::time::Duration;

use crate::quantile::Quantile;
use crate::state::Cell;

pub(super) use crate::format::{NOTHING, age, amount, bytes, count, rate, seconds, share};

/// What a cell says; names are the caller's.
pub(super) fn cell(cell: Cell) -> String {
    match cell {
        Cell::Name | Cell::Trend => String::new(),
        Cell::Word(word) => word.to_owned(),
        Cell::Amount(number) => finite(number, amount),
        Cell::Rate(number) => finite(number, rate),
        Cell::Share(number) => finite(number, share),
        Cell::Bytes(number) => finite(number, bytes),
        Cell::Count(number) => finite(number, count),
        Cell::Took(number) => finite(number, seconds),
        Cell::Ago(number) => finite(number, ago),
        Cell::Seconds(quantile) => quantile.map_or_else(|| NOTHING.to_owned(), percentile),
    }
}

/// A number in words, unless there is none that can be said.
pub(super) fn finite(number: Option<f64>, say: fn(f64) -> String) -> String {
    number
        .filter(|number| number.is_finite())
        .map_or_else(|| NOTHING.to_owned(), say)
}

/// How long ago something was: to the second, or shorter.
fn ago(number: f64) -> String {
    Duration::try_from_secs_f64(number)
        .ok()
        .filter(|time| time.as_secs() > 0)
        .map_or_else(|| "now".to_owned(), age)
}

fn percentile(quantile: Quantile) -> String {
    if !quantile.value.is_finite() {
        return NOTHING.to_owned();
    }
    let beyond = if quantile.beyond { ">" } else { "" };
    format!("{beyond}{}", seconds(quantile.value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_said_is_a_dash() {
        assert_eq!(cell(Cell::Rate(None)), NOTHING);
        assert_eq!(cell(Cell::Bytes(Some(f64::NAN))), NOTHING);
        assert_eq!(cell(Cell::Seconds(None)), NOTHING);
        assert_eq!(
            cell(Cell::Seconds(Some(Quantile {
                value: 10.0,
                beyond: true
            }))),
            ">10.0s"
        );
        assert_eq!(cell(Cell::Count(Some(-3.0))), "-3");
    }
}
