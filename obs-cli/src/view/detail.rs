//! The selected component in full: its name, its messages by outcome, and every figure, whatever the table leaves out.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Paragraph, Widget, Wrap};

use super::chart::rule;
use super::format::{self, count};
use super::theme::Look;
use crate::state::{COLUMNS, Row, State};
use crate::text::printable;

/// Draws the detail, if it has room and something is selected.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, state: &State, look: Look) {
    let Some(row) = state.selected() else { return };
    if area.is_empty() {
        return;
    }
    rule(buffer, area, &row.name(), look);
    let body = Rect {
        x: area.x + 1,
        y: area.y + 1,
        width: area.width.saturating_sub(2),
        height: area.height - 1,
    };
    Paragraph::new(vec![Line::raw(outcomes(row)), Line::raw(figures(row))])
        .wrap(Wrap { trim: true })
        .render(body, buffer);
}

fn outcomes(row: &Row) -> String {
    let total: f64 = row.outcomes.iter().map(|(_, messages)| messages).sum();
    let by_outcome: Vec<String> = row
        .outcomes
        .iter()
        .map(|(outcome, messages)| format!("{} {}", printable(outcome), count(*messages)))
        .collect();
    format!(
        "{} messages so far: {}",
        count(total),
        if by_outcome.is_empty() {
            "none".to_owned()
        } else {
            by_outcome.join(", ")
        }
    )
}

fn figures(row: &Row) -> String {
    // A space that does not break keeps a figure and its title on one line.
    let figures = COLUMNS
        .iter()
        .skip(1)
        .map(|column| format!("{}\u{a0}{}", column.title, format::cell((column.cell)(row))));
    figures.collect::<Vec<_>>().join(", ")
}
