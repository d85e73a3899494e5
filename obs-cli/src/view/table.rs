//! The components as a table: the columns that fit, the rows that are on the screen.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::format::{self, NOTHING};
use super::header::alarm;
use super::layout::Layout;
use super::line::exactly;
use super::theme::Theme;
use crate::state::{COLUMNS, Cell, Column, Row, State};

/// Names have at least this much room.
const NAME_AT_LEAST: u16 = 12;

/// More room than this does not make a name clearer.
const NAME_AT_MOST: u16 = 40;

/// More gap than this tears a row apart.
const GAP_AT_MOST: u16 = 4;

/// From this share of its limit on, a component's memory is worth a look.
const MEMORY_TIGHT: f64 = 0.9;

/// The columns that fit, and the room between them.
struct Fit {
    columns: Vec<(usize, &'static Column)>,
    name: u16,
    gap: u16,
}

/// Draws headings and rows; says how many columns had no room.
pub(super) fn draw(buffer: &mut Buffer, layout: &Layout, state: &State, theme: &Theme) -> usize {
    let fit = Fit::into(layout.rows.width);
    let headings = layout.headings;
    buffer.set_line(
        headings.x,
        headings.y,
        &fit.headings(state, theme),
        headings.width,
    );
    if state.board.rows.is_empty() {
        let note = Line::styled(" no components yet", theme.quiet());
        buffer.set_line(layout.rows.x, layout.rows.y, &note, layout.rows.width);
    }
    let rows = state.board.rows.iter().enumerate().skip(state.top);
    for (y, (number, row)) in layout.rows.rows().zip(rows) {
        buffer.set_line(y.x, y.y, &fit.row(row, theme), y.width);
        if number == state.cursor() {
            buffer.set_style(
                Rect {
                    width: fit.width().min(y.width),
                    ..y
                },
                theme.selected(),
            );
        }
    }
    COLUMNS.len() - fit.columns.len()
}

impl Fit {
    /// Gives up the least needed column until the rest fits.
    fn into(width: u16) -> Fit {
        let mut columns: Vec<_> = COLUMNS.iter().enumerate().collect();
        // One column stays empty on the left of the names, for the order's arrow.
        let needed = |columns: &[(usize, &Column)]| {
            1 + NAME_AT_LEAST
                + columns
                    .iter()
                    .skip(1)
                    .map(|(_, column)| 1 + column.width)
                    .sum::<u16>()
        };
        while columns.len() > 1 && needed(&columns) > width {
            let least = columns.iter().map(|(_, column)| column.rank).max();
            columns.retain(|(_, column)| Some(column.rank) != least);
        }
        let spare = width.saturating_sub(needed(&columns));
        let name = NAME_AT_LEAST + spare.min(NAME_AT_MOST - NAME_AT_LEAST);
        let gaps = u16::try_from(columns.len() - 1).unwrap_or(u16::MAX).max(1);
        let gap = (1 + (spare + NAME_AT_LEAST - name) / gaps).min(GAP_AT_MOST);
        Fit {
            columns,
            name: name.min(width.saturating_sub(1)),
            gap,
        }
    }

    fn width(&self) -> u16 {
        1 + self.name
            + self
                .columns
                .iter()
                .skip(1)
                .map(|(_, column)| self.gap + column.width)
                .sum::<u16>()
    }

    fn headings(&self, state: &State, theme: &Theme) -> Line<'static> {
        let arrow = |number| match (number == state.sort, state.is_descending()) {
            (false, _) => "",
            (true, true) => "▼",
            (true, false) => "▲",
        };
        let mut line = Line::default().style(theme.heading());
        for &(number, column) in &self.columns {
            let title = format!("{}{}", arrow(number), column.title);
            // The arrow stands in the gap, so that the title does not move.
            line.push_span(match column.width {
                0 => exactly(
                    &format!("{:>1}{}", arrow(number), column.title),
                    usize::from(1 + self.name),
                ),
                width => format!("{title:>width$}", width = usize::from(self.gap + width)),
            });
        }
        line
    }

    fn row(&self, row: &Row, theme: &Theme) -> Line<'static> {
        let mut line = Line::raw(" ");
        for &(_, column) in &self.columns {
            let cell = (column.cell)(row);
            line.push_span(match cell {
                Cell::Name => Span::raw(exactly(&row.name(), self.name.into())),
                cell => {
                    let text = format::cell(cell);
                    let style = if text == NOTHING {
                        theme.quiet()
                    } else {
                        style(column, row, theme)
                    };
                    let width = usize::from(column.width);
                    Span::styled(
                        format!("{:gap$}{text:>width$}", "", gap = usize::from(self.gap)),
                        style,
                    )
                }
            });
        }
        line
    }
}

/// How a figure is shown: what is wrong stands out.
fn style(column: &Column, row: &Row, theme: &Theme) -> Style {
    match (column.title, (column.cell)(row)) {
        ("errors", Cell::Share(errors)) => alarm(errors, theme),
        ("lost", Cell::Count(Some(lost))) if lost > 0.0 => theme.bad(),
        ("memory", Cell::Bytes(Some(memory)))
            if row
                .memory_limit
                .is_some_and(|limit| limit > 0.0 && memory >= MEMORY_TIGHT * limit) =>
        {
            theme.warning()
        }
        _ => Style::new(),
    }
}
