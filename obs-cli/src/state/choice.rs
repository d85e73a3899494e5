//! The state: what has arrived, and what the operator has chosen to see of it.

use std::time::{Duration, Instant};

use anyhow::Result;
use obs_runtime::api::Snapshot;

use super::board::{Board, Row, printable};
use super::column::COLUMNS;
use super::frame::{Frame, Place};
use super::history::History;
use crate::input::{Action, BINDINGS, Motion};

/// After how many missed intervals figures count as stale.
const STALE_AFTER: u32 = 3;

/// How long the help is: bindings and columns with a heading each, a line between them.
const HELP_LINES: usize = BINDINGS.len() + COLUMNS.len() + 3;

/// Everything a view needs to know.
#[derive(Debug)]
pub(crate) struct State {
    /// The program's name.
    pub(crate) title: String,
    /// What is shown.
    pub(crate) board: Board,
    /// The column it is sorted by.
    pub(crate) sort: usize,
    /// Whether the order is turned around.
    pub(crate) reversed: bool,
    /// Whether the figures are held still.
    pub(crate) paused: bool,
    /// How far the help is scrolled, if it is open.
    pub(crate) help: Option<usize>,
    /// Why the last snapshot could not be had.
    pub(crate) trouble: Option<String>,
    /// The first row on the screen.
    pub(crate) top: usize,
    /// The dashboard is to end.
    pub(crate) ended: bool,
    selected: Option<Place>,
    /// Where the selection stands, so that a neighbour takes over when its component leaves.
    cursor: usize,
    /// How many rows the screen has.
    page: usize,
    interval: Duration,
    history: History,
    arrived: Option<Instant>,
    now: Option<Instant>,
}

/// How current the figures are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// Nothing has arrived yet.
    Waiting,
    /// As new as can be.
    Live,
    /// Held still by the operator.
    Paused,
    /// Nothing has arrived for this long.
    Stale(Duration),
}

impl State {
    /// A state that knows nothing yet.
    pub(crate) fn new(title: String, interval: Duration, window: Duration) -> State {
        State {
            title: printable(&title),
            board: Board::default(),
            sort: 0,
            reversed: false,
            paused: false,
            help: None,
            trouble: None,
            top: 0,
            ended: false,
            selected: None,
            cursor: 0,
            page: 1,
            interval,
            history: History::new(window),
            arrived: None,
            now: None,
        }
    }

    /// Takes what the source answered.
    pub(crate) fn arrive(&mut self, answer: Result<Snapshot>, now: Instant) {
        match answer {
            Ok(snapshot) => {
                self.trouble = None;
                self.arrived = Some(now);
                self.history.push(Frame::of(snapshot));
                if !self.paused {
                    self.show();
                }
            }
            Err(error) => self.trouble = Some(printable(&format!("{error:#}"))),
        }
    }

    /// Lets time pass.
    pub(crate) fn tick(&mut self, now: Instant) {
        self.now = Some(now);
    }

    /// Learns how many rows the screen has.
    pub(crate) fn fit(&mut self, page: usize) {
        self.page = page.max(1);
        self.reveal();
    }

    /// Does what the operator asks for.
    pub(crate) fn apply(&mut self, action: Action) {
        match action {
            Action::Quit => self.ended = true,
            Action::Back if self.help.is_some() => self.help = None,
            Action::Back => self.ended = true,
            Action::Help => self.help = if self.help.is_some() { None } else { Some(0) },
            Action::Go(motion) => self.go(motion),
            Action::NextSort => self.sort_by((self.sort + 1) % COLUMNS.len()),
            Action::SortBy(column) if column < COLUMNS.len() => self.sort_by(column),
            Action::SortBy(_) => {}
            Action::ReverseSort => {
                self.reversed = !self.reversed;
                self.arrange();
            }
            Action::Pause => {
                self.paused = !self.paused;
                if !self.paused {
                    self.show();
                }
            }
        }
    }

    /// How current the figures are.
    pub(crate) fn freshness(&self) -> Freshness {
        let (Some(arrived), Some(now)) = (self.arrived, self.now) else {
            return Freshness::Waiting;
        };
        let age = now.saturating_duration_since(arrived);
        // A second of patience on top: short intervals would call every hiccup stale.
        if age > self.interval * STALE_AFTER + Duration::from_secs(1) {
            Freshness::Stale(age)
        } else if self.paused {
            Freshness::Paused
        } else {
            Freshness::Live
        }
    }

    /// Whether the order goes down: numbers do unless turned around, names do if turned around.
    pub(crate) fn is_descending(&self) -> bool {
        (self.sort > 0) != self.reversed
    }

    /// The number of the selected row.
    pub(crate) fn cursor(&self) -> usize {
        self.cursor
    }

    /// The selected row, if there is any.
    pub(crate) fn selected(&self) -> Option<&Row> {
        self.board.rows.get(self.cursor)
    }

    fn show(&mut self) {
        self.board = Board::of(&self.history);
        self.arrange();
    }

    fn sort_by(&mut self, column: usize) {
        self.sort = column;
        self.reversed = false;
        self.arrange();
    }

    fn arrange(&mut self) {
        self.board.sort(self.sort, self.reversed);
        let place = self.selected.as_ref().and_then(|selected| {
            self.board
                .rows
                .iter()
                .position(|row| row.place == *selected)
        });
        self.select(place.unwrap_or(self.cursor));
    }

    fn go(&mut self, motion: Motion) {
        match &mut self.help {
            Some(top) => {
                *top = moved(
                    *top,
                    motion,
                    self.page,
                    HELP_LINES.saturating_sub(self.page),
                )
            }
            None => self.select(moved(
                self.cursor,
                motion,
                self.page,
                self.board.rows.len().saturating_sub(1),
            )),
        }
    }

    fn select(&mut self, row: usize) {
        self.cursor = row.min(self.board.rows.len().saturating_sub(1));
        // Until the operator moves, the first row is selected, whoever that is.
        let chosen = self.selected.is_some() || self.cursor > 0;
        self.selected = self
            .board
            .rows
            .get(self.cursor)
            .filter(|_| chosen)
            .map(|row| row.place.clone());
        self.reveal();
    }

    fn reveal(&mut self) {
        let last_top = self.board.rows.len().saturating_sub(self.page);
        self.top = self
            .top
            .clamp((self.cursor + 1).saturating_sub(self.page), self.cursor)
            .min(last_top);
    }
}

fn moved(from: usize, motion: Motion, page: usize, last: usize) -> usize {
    match motion {
        Motion::Up => from.saturating_sub(1),
        Motion::Down => (from + 1).min(last),
        Motion::PageUp => from.saturating_sub(page),
        Motion::PageDown => (from + page).min(last),
        Motion::Home => 0,
        Motion::End => last,
    }
}

#[cfg(test)]
#[path = "choice_tests.rs"]
mod tests;
