//! Order, selection, scrolling and filter of one page.

use obs_runtime::api::traces::Operation;

use super::archive::SeriesKey;
use super::entry::{Entry, Of};
use super::frame::Place;
use crate::filter::Filter;
use crate::input::Motion;

/// What tells the rows of a page apart, whatever their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// A component.
    Place(Place),
    /// A metric, all of it.
    Family(String),
    /// One series of a metric.
    Series(String, SeriesKey),
    /// A trace, by its id.
    Trace(String),
    /// A span, by its id.
    Span(String),
    /// What is done in a component.
    Operation(Operation),
}

impl Key {
    pub(super) fn of(entry: &Entry) -> Key {
        match &entry.of {
            Of::Family => Key::Family(entry.family.clone()),
            Of::Series(key) => Key::Series(entry.family.clone(), key.clone()),
        }
    }
}

/// How a page is looked at.
#[derive(Clone, Debug, Default)]
pub(crate) struct List {
    /// The column that it is sorted by.
    pub(crate) sort: usize,
    /// Whether the order is turned around.
    pub(crate) reversed: bool,
    /// The first row on the screen.
    pub(crate) top: usize,
    /// What must occur in a row, as it was typed.
    pub(crate) filter: String,
    /// Where the selection stands, so that a neighbour takes over when its row leaves.
    pub(super) cursor: usize,
    pub(super) selected: Option<Key>,
}

impl List {
    /// A list sorted by this column in which something is selected from the start.
    pub(super) fn on(selected: Option<Key>, sort: usize) -> List {
        List {
            sort,
            selected,
            ..List::default()
        }
    }

    /// What the text in the filter asks for.
    pub(super) fn asks(&self) -> Filter {
        Filter::of(&self.filter)
    }

    /// Finds the selection again among the rows as they stand now.
    pub(super) fn arrange(&mut self, keys: &[Key], page: usize) {
        let place = self
            .selected
            .as_ref()
            .and_then(|selected| keys.iter().position(|key| key == selected));
        self.select(place.unwrap_or(self.cursor), keys, page);
    }

    /// Selects a row, or the last.
    pub(super) fn select(&mut self, row: usize, keys: &[Key], page: usize) {
        self.cursor = row.min(keys.len().saturating_sub(1));
        // Until the operator moves, the first row is selected, whoever that is.
        let chosen = self.selected.is_some() || self.cursor > 0;
        self.selected = keys.get(self.cursor).filter(|_| chosen).cloned();
        self.reveal(keys.len(), page);
    }

    /// Scrolls as little as it takes to show the selection, and leaves no room below the last row.
    pub(super) fn reveal(&mut self, rows: usize, page: usize) {
        let last_top = rows.saturating_sub(page);
        self.top = self
            .top
            .clamp((self.cursor + 1).saturating_sub(page), self.cursor)
            .min(last_top);
    }
}

/// Where a motion leads to.
pub(super) fn moved(from: usize, motion: Motion, page: usize, last: usize) -> usize {
    match motion {
        Motion::Up => from.saturating_sub(1),
        Motion::Down => (from + 1).min(last),
        Motion::PageUp => from.saturating_sub(page),
        Motion::PageDown => (from + page).min(last),
        Motion::Home => 0,
        Motion::End => last,
    }
}
