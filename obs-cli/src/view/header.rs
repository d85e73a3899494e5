//! The first line: whose figures these are, how fresh, and what they come to.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::format::{age, bytes, finite, rate, share};
use super::line::fitting;
use super::theme::Theme;
use crate::state::{Freshness, State};

/// Draws the header; a narrow one leaves out what stands last.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, state: &State, theme: &Theme) {
    let board = &state.board;
    let plain = Style::new();
    let count = board.rows.len();
    let mut pieces = vec![
        (state.title.clone(), theme.heading()),
        freshness(state.freshness(), theme),
        (
            format!("{count} component{}", if count == 1 { "" } else { "s" }),
            plain,
        ),
        (format!("{} msg/s", finite(board.rate, rate)), plain),
        (
            format!("{} errors", finite(board.errors, share)),
            alarm(board.errors, theme),
        ),
    ];
    if let Some(uptime) = board
        .uptime_seconds
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
    {
        pieces.push((format!("up {}", age(uptime)), plain));
    }
    if board.memory.is_some() {
        pieces.push((format!("{} memory", finite(board.memory, bytes)), plain));
    }
    buffer.set_line(
        area.x,
        area.y,
        &fitting(pieces, area.width.into()),
        area.width,
    );
}

/// How errors are shown: any is worth a look, one in twenty is bad.
pub(super) fn alarm(errors: Option<f64>, theme: &Theme) -> Style {
    match errors {
        Some(share) if share >= 0.05 => theme.bad(),
        Some(share) if share > 0.0 => theme.warning(),
        _ => Style::new(),
    }
}

fn freshness(freshness: Freshness, theme: &Theme) -> (String, Style) {
    match freshness {
        Freshness::Waiting => ("WAITING".to_owned(), theme.warning()),
        Freshness::Live => ("LIVE".to_owned(), theme.good()),
        Freshness::Paused => ("PAUSED".to_owned(), theme.warning()),
        Freshness::Stale(since) => (format!("STALE {}", age(since)), theme.bad()),
    }
}
