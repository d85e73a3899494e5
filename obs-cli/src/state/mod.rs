//! What the dashboard knows and what its operator has chosen.
//!
//! *In:* snapshots, actions, time. *Out:* a state that views read. *Loss:* figures older than the window.

/// The columns: one table that sorting, drawing and help read.
mod column;

/// A snapshot, reduced to the figures the columns need.
mod frame;

/// Percentiles of a histogram.
mod quantile;

/// What happened between two frames, over the window.
mod history;

/// The rows as they are shown, and the totals above them.
mod board;

/// The state itself: selection, order, pause, help, trouble.
mod choice;

pub(crate) use board::{Row, printable};
pub(crate) use choice::{Freshness, State};
pub(crate) use column::{COLUMNS, Cell, Column};
pub(crate) use quantile::Quantile;

#[cfg(test)]
pub(crate) mod fixture;
