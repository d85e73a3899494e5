//! Draws a state, and nothing else: header, table, detail, status and keys, or the help in the table's place.
//!
//! *In:* a state, a theme. *Out:* one frame. *Loss:* what does not fit, with a hint that says so.

/// Which part of the screen is whose.
mod layout;

/// Colours, or none.
mod theme;

/// Numbers in few characters.
mod format;

/// Pieces of text on one line.
mod line;

/// The first line: the process and its totals.
mod header;

/// The components.
mod table;

/// The selected component in full.
mod detail;

/// The last two lines: where one is, what is wrong, which keys there are.
mod footer;

/// Keys and columns, explained.
mod help;

pub(crate) use theme::Theme;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::state::State;
use layout::Layout;

/// How many rows a screen of this size has for components: what the state needs to know for scrolling.
pub(crate) fn page(width: u16, height: u16, help: bool) -> usize {
    let layout = Layout::of(Rect::new(0, 0, width, height));
    usize::from(if help {
        layout.help.height
    } else {
        layout.rows.height
    })
}

/// Draws a state.
pub(crate) fn draw(frame: &mut Frame<'_>, state: &State, theme: &Theme) {
    let area = frame.area();
    let layout = Layout::of(area);
    if layout.is_too_small() {
        frame.render_widget(Line::raw("obs: enlarge the window"), area);
        return;
    }
    let buffer = frame.buffer_mut();
    header::draw(buffer, layout.header, state, theme);
    if let Some(top) = state.help {
        help::draw(buffer, layout.help, top, theme);
        footer::draw(buffer, &layout, state, theme, 0);
        return;
    }
    let hidden = table::draw(buffer, &layout, state, theme);
    detail::draw(buffer, layout.detail, state, theme);
    footer::draw(buffer, &layout, state, theme, hidden);
}

#[cfg(test)]
mod tests;
