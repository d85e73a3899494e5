//! The help: keys and columns, each from the table that defines them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::theme::Look;
use super::trace::drawn;
use crate::input::BINDINGS;
use crate::state::{
    BARS_EXPLAINED, COLUMNS, Column, ENTRY_COLUMNS, HOTSPOT_COLUMNS, OPEN_COLUMNS, Piece,
    TRACE_COLUMNS,
};

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
    columns(&mut lines, " Columns of traces", TRACE_COLUMNS, look);
    columns(&mut lines, " Columns of open spans", OPEN_COLUMNS, look);
    columns(&mut lines, " Columns of bottlenecks", HOTSPOT_COLUMNS, look);
    lines.extend([Line::default(), heading(" Bars of a trace")]);
    for (piece, text) in BARS {
        lines.push(entry(drawn(piece, look).0, text));
    }
    lines
}

/// What the bars of a trace mean.
const BARS: [(Piece, &str); BARS_EXPLAINED] = [
    (Piece::Critical, "the trace waited for this span itself"),
    (Piece::Queue, "it waited for this span in a queue"),
    (Piece::Above, "it waited for one below this span"),
    (Piece::Beside, "it waited for something else"),
    (Piece::Event, "something happened in it"),
];

fn columns<R>(lines: &mut Vec<Line<'static>>, title: &'static str, of: &[Column<R>], look: Look) {
    lines.extend([Line::default(), Line::styled(title, look.heading())]);
    let told = |column: &Column<R>| Line::raw(format!(" {:<10} {}", column.title, column.help));
    lines.extend(of.iter().map(told));
}
