//! The last two lines: where one is or what is wrong, and which keys there are.

use ratatui::buffer::Buffer;
use ratatui::style::Style;

use super::layout::Layout;
use super::line::{exactly, fitting};
use super::theme::Look;
use crate::input::{BINDINGS, EXPORTING, Mode, TYPING};
use crate::state::{
    COLUMNS, ENTRY_COLUMNS, HOTSPOT_COLUMNS, OPEN_COLUMNS, Page, State, TRACE_COLUMNS,
};
use crate::text::printable;

/// Draws status and keys.
pub(super) fn draw(buffer: &mut Buffer, layout: &Layout, state: &State, look: Look, hidden: usize) {
    let (area, width) = (layout.status, usize::from(layout.status.width));
    match &state.trouble {
        _ if state.typing => {
            // The end of a long filter is what is being typed.
            let typed = printable(&state.list.filter);
            let room = width.saturating_sub(3);
            let hidden = typed.chars().count().saturating_sub(room);
            let shown: String = typed.chars().skip(hidden).collect();
            buffer.set_stringn(area.x, area.y, format!(" /{shown}█"), width, look.heading());
        }
        Some(trouble) => {
            let trouble = exactly(&format!(" no data: {trouble}"), width);
            buffer.set_stringn(area.x, area.y, trouble, width, look.bad());
        }
        None if state.page.is_of_traces() && !state.traces.trouble.is_empty() => {
            let trouble = state.traces.trouble.first().map_or("", String::as_str);
            buffer.set_string(
                area.x,
                area.y,
                exactly(&format!(" {trouble}"), width),
                look.bad(),
            );
        }
        None => {
            let status = fitting(status(layout, state, look, hidden), width);
            buffer.set_line(area.x, area.y, &status, area.width);
        }
    }
    let (bindings, on_trace) = match state.mode() {
        Mode::Typing => (TYPING, false),
        Mode::Exporting => (EXPORTING, false),
        Mode::Pages => (BINDINGS, matches!(state.page, Page::Trace(_))),
    };
    let keys = bindings.iter().filter_map(|binding| {
        let word = if on_trace {
            binding.on_trace
        } else {
            binding.footer
        };
        Some((format!("{} {}", binding.label, word?), look.quiet()))
    });
    buffer.set_line(
        layout.keys.x,
        layout.keys.y,
        &fitting(keys, layout.keys.width.into()),
        layout.keys.width,
    );
}

fn status(layout: &Layout, state: &State, look: Look, hidden: usize) -> Vec<(String, Style)> {
    if state.help.is_some() {
        return vec![("help: any arrow scrolls".to_owned(), look.quiet())];
    }
    if state.exporting {
        return vec![(
            "write the trace to a file: in which format?".to_owned(),
            look.heading(),
        )];
    }
    if state.zoomed {
        return vec![("the chart alone: Esc goes back".to_owned(), look.quiet())];
    }
    let rows = state.rows();
    let last = (state.list.top + usize::from(layout.rows.height)).min(rows);
    let mut pieces = vec![(
        format!("{}-{last}/{rows}", (state.list.top + 1).min(rows)),
        Style::new(),
    )];
    if hidden > 0 {
        pieces.push((
            format!(
                "+{hidden} column{}: widen",
                if hidden == 1 { "" } else { "s" }
            ),
            look.warning(),
        ));
    }
    if !state.list.filter.is_empty() {
        let filter = printable(&state.list.filter);
        pieces.push((format!("/{filter}"), look.warning()));
    }
    if let Some(notice) = &state.traces.notice {
        pieces.push(match notice {
            Ok(written) => (written.clone(), look.good()),
            Err(why) => (why.clone(), look.bad()),
        });
    }
    if matches!(state.page, Page::Trace(_)) {
        return pieces;
    }
    let reversed = if state.list.reversed {
        ", reversed"
    } else {
        ""
    };
    let sort = state.list.sort;
    let by = match state.page {
        Page::Components => COLUMNS.get(sort).map(|column| column.title),
        Page::Traces => TRACE_COLUMNS.get(sort).map(|column| column.title),
        Page::Open => OPEN_COLUMNS.get(sort).map(|column| column.title),
        Page::Bottlenecks => HOTSPOT_COLUMNS.get(sort).map(|column| column.title),
        _ => ENTRY_COLUMNS.get(sort).map(|column| column.title),
    };
    let by = by.unwrap_or_default();
    pieces.push((format!("by {by}{reversed}"), look.quiet()));
    pieces
}
