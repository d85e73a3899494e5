//! The last two lines: where one is or what is wrong, and which keys there are.

use ratatui::buffer::Buffer;
use ratatui::style::Style;

use super::layout::Layout;
use super::line::{exactly, fitting};
use super::theme::Theme;
use crate::input::BINDINGS;
use crate::state::{COLUMNS, State};

/// Draws status and keys.
pub(super) fn draw(
    buffer: &mut Buffer,
    layout: &Layout,
    state: &State,
    theme: &Theme,
    hidden: usize,
) {
    let (area, width) = (layout.status, usize::from(layout.status.width));
    match &state.trouble {
        Some(trouble) => {
            let trouble = exactly(&format!(" no data: {trouble}"), width);
            buffer.set_stringn(area.x, area.y, trouble, width, theme.bad());
        }
        None => {
            let status = fitting(status(layout, state, theme, hidden), width);
            buffer.set_line(area.x, area.y, &status, area.width);
        }
    }
    let keys = BINDINGS.iter().filter_map(|binding| {
        Some((
            format!("{} {}", binding.label, binding.footer?),
            theme.quiet(),
        ))
    });
    buffer.set_line(
        layout.keys.x,
        layout.keys.y,
        &fitting(keys, layout.keys.width.into()),
        layout.keys.width,
    );
}

fn status(layout: &Layout, state: &State, theme: &Theme, hidden: usize) -> Vec<(String, Style)> {
    if state.help.is_some() {
        return vec![("help: any arrow scrolls".to_owned(), theme.quiet())];
    }
    let rows = state.board.rows.len();
    let last = (state.top + usize::from(layout.rows.height)).min(rows);
    let mut pieces = vec![(
        format!("{}-{last}/{rows}", (state.top + 1).min(rows)),
        Style::new(),
    )];
    if hidden > 0 {
        pieces.push((
            format!(
                "+{hidden} column{}: widen",
                if hidden == 1 { "" } else { "s" }
            ),
            theme.warning(),
        ));
    }
    let reversed = if state.reversed { ", reversed" } else { "" };
    let by = COLUMNS.get(state.sort).map_or("", |column| column.title);
    pieces.push((format!("by {by}{reversed}"), theme.quiet()));
    pieces
}
