//! The help: keys and columns, each from the table that defines them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::theme::Look;
use crate::input::BINDINGS;
use crate::state::{COLUMNS, ENTRY_COLUMNS};

/// Draws the help from this line on.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, top: usize, look: Look) {
    for (place, line) in area.rows().zip(lines(look).iter().skip(top)) {
        buffer.set_line(place.x, place.y, line, place.width);
    }
}

fn lines(look: Look) -> Vec<Line<'static>> {
    let heading = |text| Line::styled(text, look.heading());
    let entry = |name, text| Line::raw(format!(" {name:<10} {text}"));
    let mut lines = vec![heading(" Keys")];
    lines.extend(
        BINDINGS
            .iter()
            .map(|binding| entry(binding.label, binding.help)),
    );
    lines.extend([
        Line::default(),
        heading(" Columns of components (errors, p50, p99: over the last seconds)"),
    ]);
    lines.extend(
        COLUMNS
            .iter()
            .map(|column| entry(column.title, column.help)),
    );
    lines.extend([Line::default(), heading(" Columns of metrics")]);
    lines.extend(
        ENTRY_COLUMNS
            .iter()
            .map(|column| entry(column.title, column.help)),
    );
    lines
}
