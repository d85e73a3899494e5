//! Draws a state, and nothing else: header, table, detail, status and keys, or the help in the table's place.
//!
//! *In:* a state. *Out:* one frame; what stands at a place of it. *Loss:* what does not fit, with a hint that says so.

/// Which part of the screen is whose.
mod layout;

/// Colours, or none.
mod theme;

/// A frame in ASCII characters alone.
mod ascii;

/// Numbers in few characters.
mod format;

/// Pieces of text on one line.
mod line;

/// Little bars.
mod bars;

/// A heatmap.
mod heat;

/// The first line: the process and its totals, or where one is.
mod header;

/// The components or metrics.
mod table;

/// The selected component in full.
mod detail;

/// One trace.
mod trace;

/// The selected trace, open span or operation in full.
mod details;

/// The selected metric over time.
mod chart;

/// The last two lines: where one is, what is wrong, which keys there are.
mod footer;

/// Keys and columns, explained.
mod help;

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;

use crate::input::Action;
use crate::state::{Page, State};
use layout::Layout;
use theme::Look;

/// How many rows a screen of this size has: what the state needs to know for scrolling.
pub(crate) fn page(width: u16, height: u16, state: &State) -> usize {
    let layout = Layout::of(Rect::new(0, 0, width, height), state);
    usize::from(if state.help.is_some() {
        layout.help.height
    } else {
        layout.rows.height
    })
}

/// What a click on this place of the screen asks for.
pub(crate) fn action_at(width: u16, height: u16, state: &State, x: u16, y: u16) -> Option<Action> {
    let layout = Layout::of(Rect::new(0, 0, width, height), state);
    if state.help.is_some() || layout.is_too_small() {
        return None;
    }
    let place = Position { x, y };
    if layout.headings.contains(place) {
        return table::heading_at(width, state, x).map(Action::Heading);
    }
    let row = state.list.top + usize::from(y.checked_sub(layout.rows.y)?);
    (layout.rows.contains(place) && row < state.rows()).then_some(Action::Select(row))
}

/// Draws a state.
pub(crate) fn draw(frame: &mut Frame<'_>, state: &State) {
    let look = Look { theme: state.theme };
    let area = frame.area();
    let layout = Layout::of(area, state);
    if layout.is_too_small() {
        frame.render_widget(Line::raw("obs: enlarge the window"), area);
        return;
    }
    let buffer = frame.buffer_mut();
    header::draw(buffer, layout.header, state, look);
    if let Some(top) = state.help {
        help::draw(buffer, layout.help, top, look);
        footer::draw(buffer, &layout, state, look, 0);
    } else {
        let hidden = match state.page {
            _ if state.zoomed => 0,
            Page::Trace(_) => {
                trace::draw(buffer, &layout, state, look);
                0
            }
            _ => table::draw(buffer, &layout, state, look),
        };
        match state.page {
            Page::Components => detail::draw(buffer, layout.detail, state, look),
            Page::Trace(_) => trace::draw_detail(buffer, layout.detail, state, look),
            Page::Traces | Page::Open | Page::Bottlenecks => {
                details::draw(buffer, layout.detail, state, look);
            }
            _ => chart::draw(buffer, layout.detail, state, look),
        }
        footer::draw(buffer, &layout, state, look, hidden);
    }
    if state.ascii {
        ascii::translate(buffer);
    }
}

#[cfg(test)]
mod tests;
