//! Rows as a table: the columns that fit, the rows that are on the screen.

/// What rows show.
mod rows;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::format::{self, NOTHING};
use super::layout::Layout;
use super::line::exactly;
use super::theme::Look;
use crate::state::{
    COLUMNS, Cell, Column, ENTRY_COLUMNS, HOTSPOT_COLUMNS, Listed, OPEN_COLUMNS, Page, State,
    TRACE_COLUMNS,
};

/// More gap than this tears a row apart.
const GAP_AT_MOST: u16 = 4;

/// A row as a table draws it.
trait Drawn: Listed + 'static {
    /// Names have at least this much room.
    const NAME_AT_LEAST: u16;
    /// More room than this does not make a name clearer.
    const NAME_AT_MOST: u16;

    /// How a figure is shown: what is wrong stands out.
    fn style(&self, column: &Column<Self>, look: Look) -> Style
    where
        Self: Sized;

    /// What stands in the first column; `above` is the row above it on the screen.
    fn first(&self, above: Option<&Self>, width: u16) -> String;

    /// The last steps as little bars.
    fn trend(&self, state: &State, width: usize) -> String;
}

/// The columns that fit, and the room between them.
struct Fit<R: 'static> {
    columns: Vec<(usize, &'static Column<R>)>,
    name: u16,
    gap: u16,
}

/// Draws headings and rows; says how many columns had no room.
pub(super) fn draw(buffer: &mut Buffer, layout: &Layout, state: &State, look: Look) -> usize {
    match state.page {
        Page::Components => rows(buffer, layout, state, look, COLUMNS, &state.board.rows),
        Page::Traces => rows(
            buffer,
            layout,
            state,
            look,
            TRACE_COLUMNS,
            &state.traces.list,
        ),
        Page::Open => rows(
            buffer,
            layout,
            state,
            look,
            OPEN_COLUMNS,
            &state.traces.open,
        ),
        Page::Bottlenecks => rows(
            buffer,
            layout,
            state,
            look,
            HOTSPOT_COLUMNS,
            &state.traces.hot,
        ),
        _ => rows(buffer, layout, state, look, ENTRY_COLUMNS, &state.entries),
    }
}

/// The column whose heading stands at `x`.
pub(super) fn heading_at(width: u16, state: &State, x: u16) -> Option<usize> {
    match state.page {
        Page::Components => Fit::into(COLUMNS, width).at(x),
        Page::Traces => Fit::into(TRACE_COLUMNS, width).at(x),
        Page::Open => Fit::into(OPEN_COLUMNS, width).at(x),
        Page::Bottlenecks => Fit::into(HOTSPOT_COLUMNS, width).at(x),
        Page::Trace(_) => None,
        _ => Fit::into(ENTRY_COLUMNS, width).at(x),
    }
}

fn rows<R: Drawn>(
    buffer: &mut Buffer,
    layout: &Layout,
    state: &State,
    look: Look,
    columns: &'static [Column<R>],
    rows: &[R],
) -> usize {
    let fit = Fit::into(columns, layout.rows.width);
    let headings = layout.headings;
    buffer.set_line(
        headings.x,
        headings.y,
        &fit.headings(state, look),
        headings.width,
    );
    if rows.is_empty() {
        for (y, line) in layout.rows.rows().zip(note(state)) {
            let style = if state.traces.trouble.is_empty() {
                look.quiet()
            } else {
                look.bad()
            };
            buffer.set_stringn(y.x, y.y, format!(" {line}"), y.width.into(), style);
        }
    }
    let top = state.list.top;
    let on_screen = rows.iter().enumerate().skip(top);
    for (y, (number, row)) in layout.rows.rows().zip(on_screen) {
        let above = number
            .checked_sub(1)
            .filter(|above| *above >= top)
            .and_then(|above| rows.get(above));
        buffer.set_line(y.x, y.y, &fit.row(row, above, state, look), y.width);
        if number == state.cursor() {
            buffer.set_style(
                Rect {
                    width: fit.width().min(y.width),
                    ..y
                },
                look.selected(),
            );
        }
    }
    columns.len() - fit.columns.len()
}

/// Why there are no rows, in lines.
pub(super) fn note(state: &State) -> Vec<String> {
    let rows = state.page.rows();
    let is_of_traces = state.page.is_of_traces();
    if is_of_traces && !state.traces.trouble.is_empty() {
        return state.traces.trouble.clone();
    }
    if is_of_traces && !state.traces.is_answered(&state.page, &state.list) {
        return vec![format!("asking for {rows} …")];
    }
    vec![if state.list.filter.is_empty() {
        format!("no {rows} yet")
    } else {
        format!("no {rows} match the filter: Esc clears it")
    }]
}

impl<R: Drawn> Fit<R> {
    /// Gives up the least needed column until the rest fits.
    fn into(columns: &'static [Column<R>], width: u16) -> Fit<R> {
        let mut columns: Vec<_> = columns.iter().enumerate().collect();
        // One column stays empty on the left of the names, for the order's arrow.
        let needed = |columns: &[(usize, &Column<R>)]| {
            1 + R::NAME_AT_LEAST
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
        let name = R::NAME_AT_LEAST + spare.min(R::NAME_AT_MOST - R::NAME_AT_LEAST);
        let gaps = u16::try_from(columns.len() - 1).unwrap_or(u16::MAX).max(1);
        let gap = (1 + (spare + R::NAME_AT_LEAST - name) / gaps).min(GAP_AT_MOST);
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

    /// The number of the column at `x`; the gap in front of it belongs to it.
    fn at(&self, x: u16) -> Option<usize> {
        let mut end = 0;
        self.columns.iter().find_map(|&(number, column)| {
            end += match column.width {
                0 => 1 + self.name,
                width => self.gap + width,
            };
            (x < end).then_some(number)
        })
    }

    fn headings(&self, state: &State, look: Look) -> Line<'static> {
        let arrow = |number| match (number == state.list.sort, state.is_descending()) {
            (false, _) => "",
            (true, true) => "▼",
            (true, false) => "▲",
        };
        let mut line = Line::default().style(look.heading());
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

    fn row(&self, row: &R, above: Option<&R>, state: &State, look: Look) -> Line<'static> {
        let mut line = Line::raw(" ");
        let gap = usize::from(self.gap);
        for &(_, column) in &self.columns {
            let width = usize::from(column.width);
            let (text, style) = match (column.cell)(row) {
                Cell::Name => {
                    line.push_span(exactly(&row.first(above, self.name), self.name.into()));
                    continue;
                }
                Cell::Trend => (row.trend(state, width), look.ink()),
                cell => {
                    let text = format::cell(cell);
                    let style = if text == NOTHING {
                        look.quiet()
                    } else {
                        row.style(column, look)
                    };
                    (text, style)
                }
            };
            line.push_span(Span::styled(format!("{:gap$}{text:>width$}", ""), style));
        }
        line
    }
}
