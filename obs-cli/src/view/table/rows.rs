//! What the rows of each table show: the name, what stands out, the trend.

use ratatui::style::Style;
use ratatui::text::Span;

use super::Drawn;
use crate::state::{Cell, Column, Entry, Hot, Listed, OpenRow, Row, State, TraceRow};
use crate::view::bars;
use crate::view::header::alarm;
use crate::view::line::exactly;
use crate::view::theme::Look;

/// From this share of its limit on, a component's memory is worth a look.
const MEMORY_TIGHT: f64 = 0.9;

/// What a metric is about has this much room, where names have enough.
const DOMAIN: usize = 10;
const NAME_WITH_DOMAIN: u16 = 34;

impl Drawn for Row {
    const NAME_AT_LEAST: u16 = 12;
    const NAME_AT_MOST: u16 = 40;

    fn style(&self, column: &Column<Row>, look: Look) -> Style {
        match (column.title, (column.cell)(self)) {
            ("errors", Cell::Share(errors)) => alarm(errors, look),
            ("lost", Cell::Count(Some(lost))) if lost > 0.0 => look.bad(),
            ("memory", Cell::Bytes(Some(memory)))
                if self
                    .memory_limit
                    .is_some_and(|limit| limit > 0.0 && memory >= MEMORY_TIGHT * limit) =>
            {
                look.warning()
            }
            _ => Style::new(),
        }
    }

    fn first(&self, _above: Option<&Row>, _width: u16) -> String {
        self.name()
    }

    fn trend(&self, _state: &State, _width: usize) -> String {
        String::new()
    }
}

impl Drawn for Entry {
    const NAME_AT_LEAST: u16 = 22;
    const NAME_AT_MOST: u16 = 64;

    fn style(&self, _column: &Column<Entry>, _look: Look) -> Style {
        Style::new()
    }

    /// The name, behind what the metric is about where that differs from the row above.
    fn first(&self, above: Option<&Entry>, width: u16) -> String {
        let room = usize::from(width);
        let Some(domain) = self.domain.as_ref().filter(|_| width >= NAME_WITH_DOMAIN) else {
            return within(self.name(), room);
        };
        let is_new = above.is_none_or(|above| above.domain.as_ref() != Some(domain));
        let domain = if is_new { domain.as_str() } else { "" };
        let name = within(self.name(), room - DOMAIN - 1);
        format!(
            "{} {name}",
            exactly(&crate::text::printable(domain), DOMAIN)
        )
    }

    fn trend(&self, state: &State, width: usize) -> String {
        bars::line(&state.trend(self, width), width)
    }
}

/// A metric's name, without the prefix that most have where it is too long.
fn within(name: String, room: usize) -> String {
    match name.strip_prefix("component_") {
        Some(rest) if Span::raw(name.as_str()).width() > room => rest.to_owned(),
        _ => name,
    }
}

impl Drawn for TraceRow {
    const NAME_AT_LEAST: u16 = 14;
    const NAME_AT_MOST: u16 = 64;

    fn style(&self, column: &Column<TraceRow>, look: Look) -> Style {
        match column.title {
            "status" | "missing" => match self.status() {
                "CANCELLED" | "" => look.warning(),
                _ => look.bad(),
            },
            _ => Style::new(),
        }
    }

    fn first(&self, _above: Option<&TraceRow>, _width: u16) -> String {
        self.name()
    }

    fn trend(&self, _state: &State, _width: usize) -> String {
        String::new()
    }
}

impl Drawn for OpenRow {
    const NAME_AT_LEAST: u16 = 14;
    const NAME_AT_MOST: u16 = 64;

    fn style(&self, column: &Column<OpenRow>, look: Look) -> Style {
        match column.title {
            "stuck" | "age" if self.span.stuck => look.bad(),
            _ => Style::new(),
        }
    }

    fn first(&self, _above: Option<&OpenRow>, _width: u16) -> String {
        self.name()
    }

    fn trend(&self, _state: &State, _width: usize) -> String {
        String::new()
    }
}

impl Drawn for Hot {
    const NAME_AT_LEAST: u16 = 14;
    const NAME_AT_MOST: u16 = 64;

    fn style(&self, column: &Column<Hot>, look: Look) -> Style {
        match (column.title, (column.cell)(self)) {
            ("errors", Cell::Share(errors)) => alarm(errors, look),
            _ => Style::new(),
        }
    }

    fn first(&self, _above: Option<&Hot>, _width: u16) -> String {
        self.name()
    }

    fn trend(&self, _state: &State, _width: usize) -> String {
        String::new()
    }
}
