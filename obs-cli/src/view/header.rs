//! The first line: whose figures these are, how fresh, and what they come to.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::format::{age, bytes, count, finite, rate, share};
use super::line::{exactly, fitting, width_of};
use super::theme::Look;
use crate::format::nanoseconds;
use crate::state::{Freshness, Page, State};
use crate::text::printable;

/// So many digits of a trace's id tell it from the others.
const SHORT_ID: usize = 8;

/// Draws the header; a narrow one leaves out what stands last.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, state: &State, look: Look) {
    let mut pieces = vec![
        (state.title.clone(), look.heading()),
        freshness(state.freshness(), look),
    ];
    match &state.page {
        Page::Components => totals(state, look, &mut pieces),
        page => {
            let page_name = match page {
                Page::Component(place) => place.name(),
                Page::Metric(family) => printable(family),
                Page::Metrics | Page::Components => "metrics".to_owned(),
                Page::Traces => "traces".to_owned(),
                Page::Open => "open spans".to_owned(),
                Page::Bottlenecks => "bottlenecks".to_owned(),
                Page::Trace(id) => printable(&id.chars().take(SHORT_ID).collect::<String>()),
            };
            // The name of the page is shortened rather than left out.
            let taken: usize = pieces.iter().map(|(text, _)| width_of(text) + 2).sum();
            let room = usize::from(area.width).saturating_sub(taken + 3);
            let name = exactly(&page_name, room.min(width_of(&page_name)));
            pieces.push((format!("› {name}"), look.heading()));
            // A trace says itself how many spans it has, folded away or not.
            if !matches!(page, Page::Trace(_)) {
                pieces.push((format!("{} {}", state.rows(), page.rows()), Style::new()));
            }
            let stuck = state
                .traces
                .open
                .iter()
                .filter(|row| row.span.stuck)
                .count();
            if *page == Page::Open && stuck > 0 {
                pieces.push((format!("{stuck} stuck"), look.bad()));
            }
            if *page == Page::Bottlenecks {
                let bottlenecks = &state.traces.bottlenecks;
                let window = nanoseconds(bottlenecks.window_ns);
                let traces = count(bottlenecks.traces as f64);
                pieces.push((format!("of {traces} traces in {window}"), Style::new()));
            }
        }
    }
    buffer.set_line(
        area.x,
        area.y,
        &fitting(pieces, area.width.into()),
        area.width,
    );
}

/// What all components come to.
fn totals(state: &State, look: Look, pieces: &mut Vec<(String, Style)>) {
    let board = &state.board;
    let plain = Style::new();
    let known = board.known;
    pieces.extend([
        (
            format!("{known} component{}", if known == 1 { "" } else { "s" }),
            plain,
        ),
        (format!("{} msg/s", finite(board.rate, rate)), plain),
        (
            format!("{} errors", finite(board.errors, share)),
            alarm(board.errors, look),
        ),
    ]);
    if let Some(uptime) = board
        .uptime_seconds
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
    {
        pieces.push((format!("up {}", age(uptime)), plain));
    }
    if board.memory.is_some() {
        pieces.push((format!("{} memory", finite(board.memory, bytes)), plain));
    }
}

/// How errors are shown: any is worth a look, one in twenty is bad.
pub(super) fn alarm(errors: Option<f64>, look: Look) -> Style {
    match errors {
        Some(share) if share >= 0.05 => look.bad(),
        Some(share) if share > 0.0 => look.warning(),
        _ => Style::new(),
    }
}

fn freshness(freshness: Freshness, look: Look) -> (String, Style) {
    match freshness {
        Freshness::Waiting => ("WAITING".to_owned(), look.warning()),
        Freshness::Live => ("LIVE".to_owned(), look.good()),
        Freshness::Paused => ("PAUSED".to_owned(), look.warning()),
        Freshness::Stale(since) => (format!("STALE {}", age(since)), look.bad()),
    }
}
