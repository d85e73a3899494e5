//! What the dashboard knows and what its operator has chosen.
//!
//! *In:* snapshots, actions, time. *Out:* a state that views read. *Loss:* figures older than the window, series older
//! than the archive reaches.

/// The columns of components: one table that sorting, drawing and help read.
mod column;

/// A snapshot, reduced to the figures the columns need.
mod frame;

/// What happened between two frames, over the window.
mod history;

/// Components as rows, and the totals above them.
mod board;

/// Every series over the last minutes.
mod archive;

/// Metrics as rows.
mod entry;

/// One metric over time.
mod chart;

/// Traces, spans under way, bottlenecks.
mod traces;

/// The pages, and what each shows.
mod page;

/// Order, selection, scrolling and filter of a page.
mod list;

/// Colours.
mod theme;

/// The state itself: page, pause, help, trouble.
mod choice;

pub(crate) use board::Row;
pub(crate) use chart::Chart;
pub(crate) use choice::{BARS_EXPLAINED, Freshness, State};
pub(crate) use column::{COLUMNS, Cell, Column, Listed};
pub(crate) use entry::{ENTRY_COLUMNS, Entry};
pub(crate) use page::Page;
pub use theme::Theme;
pub(crate) use traces::{
    Gantt, HOTSPOT_COLUMNS, Hot, OPEN_COLUMNS, OpenRow, Piece, TRACE_COLUMNS, TraceRow,
};

#[cfg(test)]
pub(crate) mod fixture;
