//! The state: what has arrived, and what the operator has chosen to see of it.

use std::time::{Duration, Instant};

use anyhow::Result;
use obs_runtime::api::Snapshot;

use super::archive::Archive;
use super::board::{Board, Row};
use super::chart::{self, Chart};
use super::column::{COLUMNS, sort};
use super::entry::{ENTRY_COLUMNS, Entry};
use super::frame::Frame;
use super::history::History;
use super::list::{Key, List, moved};
use super::page::Page;
use super::theme::Theme;
use super::traces::{HOTSPOT_COLUMNS, OPEN_COLUMNS, TRACE_COLUMNS, Traces};
use crate::input::{Action, BINDINGS, Mode, Motion};
use crate::text::printable;

/// After how many missed intervals figures count as stale.
const STALE_AFTER: u32 = 3;

/// How long the help is: bindings, columns of each table with a heading each, lines between them, and what bars are.
const HELP_LINES: usize = BINDINGS.len()
    + COLUMNS.len()
    + ENTRY_COLUMNS.len()
    + TRACE_COLUMNS.len()
    + OPEN_COLUMNS.len()
    + HOTSPOT_COLUMNS.len()
    + BARS_EXPLAINED
    + 13;

/// In how many lines the help says what the bars of a trace are.
pub(crate) const BARS_EXPLAINED: usize = 5;

/// Longer filters are not typed by hand.
const LONGEST_FILTER: usize = 200;

/// Everything a view needs to know.
#[derive(Debug)]
pub(crate) struct State {
    /// The program's name.
    pub(crate) title: String,
    /// The components, and the totals of all.
    pub(crate) board: Board,
    /// The metrics on the page, if it shows metrics.
    pub(crate) entries: Vec<Entry>,
    /// What is known of traces.
    pub(crate) traces: Traces,
    /// What the screen is about.
    pub(crate) page: Page,
    /// How the page is looked at.
    pub(crate) list: List,
    /// Whether the chart has the screen for itself.
    pub(crate) zoomed: bool,
    /// Whether keys are the text of the filter.
    pub(crate) typing: bool,
    /// Whether keys are formats of a file to write.
    pub(crate) exporting: bool,
    /// Whether the figures are held still.
    pub(crate) paused: bool,
    /// How far the help is scrolled, if it is open.
    pub(crate) help: Option<usize>,
    /// Why the last snapshot could not be had.
    pub(crate) trouble: Option<String>,
    /// The colours.
    pub(crate) theme: Theme,
    /// Whether ASCII characters are all there is.
    pub(crate) ascii: bool,
    /// The dashboard is to end.
    pub(crate) ended: bool,
    /// The pages on the way back, and how they were looked at.
    behind: Vec<(Page, List)>,
    /// How many rows the screen has.
    rows_on_screen: usize,
    interval: Duration,
    history: History,
    archive: Archive,
    /// What came last while the figures were held still: counters go on in it, so nothing is missed.
    held: Option<Snapshot>,
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
            entries: Vec::new(),
            traces: Traces::default(),
            page: Page::default(),
            list: List::default(),
            zoomed: false,
            typing: false,
            exporting: false,
            paused: false,
            help: None,
            trouble: None,
            theme: Theme::default(),
            ascii: false,
            ended: false,
            behind: Vec::new(),
            rows_on_screen: 1,
            interval,
            history: History::new(window),
            archive: Archive::default(),
            held: None,
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
                if self.paused {
                    self.held = Some(snapshot);
                } else {
                    self.take_in(snapshot);
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
    pub(crate) fn fit(&mut self, rows: usize) {
        self.rows_on_screen = rows.max(1);
        self.list.reveal(self.rows(), self.rows_on_screen);
    }

    /// Does what the operator asks for.
    pub(crate) fn apply(&mut self, action: Action) {
        match action {
            Action::Quit => self.ended = true,
            Action::Back => self.back(),
            Action::Help => self.help = if self.help.is_some() { None } else { Some(0) },
            Action::Open => self.open(),
            Action::NextPage => self.turn(true),
            Action::PreviousPage => self.turn(false),
            Action::Go(motion) => self.go(motion),
            Action::Select(row) => self.point_at(row),
            Action::NextSort => self.sort_by((self.list.sort + 1) % self.columns()),
            Action::SortBy(column) if column < self.columns() => self.sort_by(column),
            Action::SortBy(_) => {}
            Action::Heading(column) if column == self.list.sort => self.reverse(),
            Action::Heading(column) => self.apply(Action::SortBy(column)),
            Action::ReverseSort => self.reverse(),
            Action::Pause => {
                self.paused = !self.paused;
                if let Some(snapshot) = self.held.take_if(|_| !self.paused) {
                    self.take_in(snapshot);
                }
            }
            Action::Theme => self.theme = self.theme.next(),
            Action::Filter => (self.typing, self.help, self.zoomed) = (true, None, false),
            Action::Type(letter) => self.edit(|filter| {
                if filter.len() < LONGEST_FILTER {
                    filter.push(letter);
                }
            }),
            Action::Erase => self.edit(|filter| {
                filter.pop();
            }),
            Action::Export => self.exporting = self.page.is_of_traces() && self.rows() > 0,
            Action::ExportAs(format) => self.export(format),
            Action::Stay => self.exporting = false,
            Action::Next
            | Action::Previous
            | Action::NextError
            | Action::PreviousError
            | Action::OnlyCritical
            | Action::ZoomIn
            | Action::ZoomOut
            | Action::ZoomAll
            | Action::Earlier
            | Action::Later => self.look(action),
            Action::Accept => self.typing = false,
            Action::Cancel => {
                self.typing = false;
                self.edit(String::clear);
            }
        }
    }

    /// What keys mean just now.
    pub(crate) fn mode(&self) -> Mode {
        if self.typing {
            Mode::Typing
        } else if self.exporting {
            Mode::Exporting
        } else {
            Mode::Pages
        }
    }

    /// The pause between two snapshots.
    pub(super) fn interval(&self) -> Duration {
        self.interval
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
        (self.list.sort > 0) != self.list.reversed
    }

    /// The number of the selected row.
    pub(crate) fn cursor(&self) -> usize {
        self.list.cursor
    }

    /// How many rows the page has.
    pub(crate) fn rows(&self) -> usize {
        match self.page {
            Page::Components => self.board.rows.len(),
            _ if self.page.is_of_traces() => self.traces.rows(&self.page),
            _ => self.entries.len(),
        }
    }

    /// The selected component, on the page of components.
    pub(crate) fn selected(&self) -> Option<&Row> {
        let on_it = self.page == Page::Components;
        self.board.rows.get(self.list.cursor).filter(|_| on_it)
    }

    /// The selected metric, on a page of metrics.
    pub(crate) fn entry(&self) -> Option<&Entry> {
        self.entries.get(self.list.cursor)
    }

    /// The last steps of a metric, at most so many.
    pub(crate) fn trend(&self, entry: &Entry, most: usize) -> Vec<f64> {
        chart::trend(&self.archive, entry, most)
    }

    /// What is known of the selected metric over time.
    pub(crate) fn chart(&self) -> Chart {
        self.entry()
            .map_or(Chart::Nothing, |entry| chart::chart(&self.archive, entry))
    }

    fn columns(&self) -> usize {
        match self.page {
            Page::Components => COLUMNS.len(),
            Page::Traces => TRACE_COLUMNS.len(),
            Page::Open => OPEN_COLUMNS.len(),
            Page::Bottlenecks => HOTSPOT_COLUMNS.len(),
            // Spans stand as they hang on each other.
            Page::Trace(_) => 1,
            _ => ENTRY_COLUMNS.len(),
        }
    }

    fn take_in(&mut self, snapshot: Snapshot) {
        self.archive.push(&snapshot);
        self.history.push(Frame::of(snapshot));
        self.show();
    }

    pub(super) fn show(&mut self) {
        self.board = Board::of(&self.history);
        if self.page == Page::Components {
            self.board.select(&self.list.asks());
        }
        self.entries = self.page.entries(&self.archive, &self.list.asks());
        self.arrange();
    }

    pub(super) fn arrange(&mut self) {
        let List {
            sort: by, reversed, ..
        } = self.list;
        match self.page {
            Page::Components => self.board.sort(by, reversed),
            _ if self.page.is_of_traces() => self.traces.arrange(&self.page, &self.list),
            _ => sort(&mut self.entries, ENTRY_COLUMNS, by, reversed),
        }
        let keys = self.keys();
        self.list.arrange(&keys, self.rows_on_screen);
    }

    fn keys(&self) -> Vec<Key> {
        match self.page {
            Page::Components => {
                let rows = self.board.rows.iter();
                rows.map(|row| Key::Place(row.place.clone())).collect()
            }
            _ if self.page.is_of_traces() => self.traces.keys(&self.page),
            _ => self.entries.iter().map(Key::of).collect(),
        }
    }

    fn sort_by(&mut self, column: usize) {
        (self.list.sort, self.list.reversed) = (column, false);
        self.arrange();
    }

    fn reverse(&mut self) {
        self.list.reversed = !self.list.reversed;
        self.arrange();
    }

    /// Opens what is selected: a component, a metric, its chart.
    fn open(&mut self) {
        if self.help.is_some() {
            return;
        }
        let entry = self.entry();
        let (page, selected) = match &self.page {
            Page::Components => match self.selected() {
                Some(row) => (Page::Component(row.place.clone()), None),
                None => return,
            },
            Page::Component(_) | Page::Metrics => match entry {
                Some(entry) => (Page::Metric(entry.family.clone()), Some(Key::of(entry))),
                None => return,
            },
            Page::Metric(_) => {
                self.zoomed = entry.is_some() && !self.zoomed;
                return;
            }
            Page::Trace(_) => return self.look(Action::Open),
            Page::Traces | Page::Open | Page::Bottlenecks => match self.trace_behind() {
                Some(page) => (page, None),
                None => return,
            },
        };
        let page = std::mem::replace(&mut self.page, page);
        let list = std::mem::replace(&mut self.list, List::on(selected, 0));
        self.behind.push((page, list));
        self.show_page();
    }

    /// One step back, whatever was opened last; from the first page it ends the dashboard.
    fn back(&mut self) {
        if self.help.take().is_some() || std::mem::take(&mut self.zoomed) {
            return;
        }
        if !self.list.filter.is_empty() {
            return self.edit(String::clear);
        }
        match self.behind.pop() {
            Some((page, list)) => {
                (self.page, self.list) = (page, list);
                self.show_page();
            }
            None => self.ended = true,
        }
    }

    /// To the next of the pages that nothing is opened for, or the one before.
    fn turn(&mut self, forwards: bool) {
        let root = self.behind.first().map_or(&self.page, |(page, _)| page);
        self.page = root.turned(forwards);
        self.list = List::on(None, self.page.first_sort());
        self.behind.clear();
        self.show_page();
    }

    fn show_page(&mut self) {
        (self.zoomed, self.help) = (false, None);
        self.traces.turn();
        self.show();
    }

    fn edit(&mut self, change: impl FnOnce(&mut String)) {
        change(&mut self.list.filter);
        self.show();
        if matches!(self.page, Page::Trace(_)) {
            self.search();
        }
    }

    fn go(&mut self, motion: Motion) {
        let page = self.rows_on_screen;
        match &mut self.help {
            Some(top) => *top = moved(*top, motion, page, HELP_LINES.saturating_sub(page)),
            None => {
                let last = self.rows().saturating_sub(1);
                let row = moved(self.list.cursor, motion, page, last);
                self.select(row);
            }
        }
    }

    /// Selects a row; opens it if it is the one that is selected.
    fn point_at(&mut self, row: usize) {
        if row == self.list.cursor {
            self.open();
        } else if row < self.rows() {
            self.select(row);
        }
    }

    pub(super) fn select(&mut self, row: usize) {
        let keys = self.keys();
        self.list.select(row, &keys, self.rows_on_screen);
    }
}

#[cfg(test)]
#[path = "choice_tests.rs"]
mod tests;
