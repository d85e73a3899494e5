//! The selected metric over time: what it means, bars of its level or growth, or a heatmap of what was observed.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::format::{self, age, amount, count};
use super::line::{exactly, fitting};
use super::theme::Look;
use super::{bars, heat};
use crate::quantile::Quantile;
use crate::state::{Chart, Entry, Page, State};
use crate::text::{kind, printable};

/// Room for the numbers in front of bars.
const SCALE: u16 = 9;

/// Draws the selected metric, if it has room and something is selected.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, state: &State, look: Look) {
    let Some(entry) = state.entry() else { return };
    if area.height < 3 {
        return;
    }
    rule(buffer, area, &title(entry, state), look);
    let about = fitting(
        [
            (printable(&entry.help), look.quiet()),
            (kind(entry.kind).to_owned(), look.quiet()),
        ],
        area.width.into(),
    );
    buffer.set_line(area.x, area.y + 1, &about, area.width);
    let body = Rect {
        y: area.y + 2,
        height: area.height - 3,
        ..area
    };
    let below = Rect {
        y: area.bottom() - 1,
        height: 1,
        ..area
    };
    match state.chart() {
        Chart::Nothing => {
            let why = match entry.value {
                Some(_) => " it takes two snapshots to draw this",
                None => " levels of different things make no sum: select one of them",
            };
            buffer.set_stringn(body.x, body.y, why, body.width.into(), look.quiet());
        }
        Chart::Bars { heights, seconds } => {
            let chart = Rect {
                x: body.x + SCALE.min(body.width),
                width: body.width.saturating_sub(SCALE + 1),
                ..body
            };
            let highest = bars::chart(buffer, chart, &heights, look.ink());
            scale(buffer, body, &measure(entry, highest), look);
            let now = heights.last().copied().unwrap_or_default();
            let pieces = [
                (back(seconds), look.quiet()),
                (format!("now {}", measure(entry, now)), Style::new()),
                (format!("highest {}", measure(entry, highest)), look.quiet()),
            ];
            buffer.set_line(
                below.x,
                below.y,
                &fitting(pieces, below.width.into()),
                below.width,
            );
        }
        Chart::Heat {
            bounds,
            steps,
            seconds,
            quantiles,
        } => {
            let most = heat::draw(
                buffer,
                Rect {
                    width: body.width.saturating_sub(1),
                    ..body
                },
                &bounds,
                &steps,
                (look.ink(), look.quiet()),
                |bound| of_unit(&entry.unit, bound),
            );
            let mut pieces = vec![(back(seconds), look.quiet())];
            pieces.extend(
                ["p50", "p90", "p99"]
                    .iter()
                    .zip(quantiles)
                    .map(|(name, quantile)| {
                        (format!("{name} {}", told(entry, quantile)), Style::new())
                    }),
            );
            pieces.push((format!("█ is {}", count(most as f64)), look.quiet()));
            buffer.set_line(
                below.x,
                below.y,
                &fitting(pieces, below.width.into()),
                below.width,
            );
        }
    }
}

/// A line across the screen with a title in it.
pub(super) fn rule(buffer: &mut Buffer, area: Rect, title: &str, look: Look) {
    let line = "─".repeat(usize::from(area.width));
    buffer.set_stringn(area.x, area.y, line, area.width.into(), look.quiet());
    let room = usize::from(area.width.saturating_sub(4));
    let title = exactly(title, room);
    buffer.set_stringn(
        area.x + 1,
        area.y,
        format!(" {} ", title.trim_end()),
        area.width.saturating_sub(2).into(),
        look.heading(),
    );
}

fn title(entry: &Entry, state: &State) -> String {
    let name = printable(&entry.name);
    match &state.page {
        Page::Metric(family) => format!("{}: {name}", printable(family)),
        Page::Component(place) => format!("{}: {name}", place.name()),
        _ => name,
    }
}

fn scale(buffer: &mut Buffer, body: Rect, highest: &str, look: Look) {
    let width = usize::from(SCALE - 1);
    let mut put = |y, text: &str| {
        let text = format!("{text:>width$}");
        buffer.set_stringn(body.x, y, text, body.width.into(), look.quiet());
    };
    if body.height > 1 {
        put(body.y, highest);
    }
    if body.height > 0 {
        put(body.bottom() - 1, "0");
    }
}

fn back(seconds: f64) -> String {
    let span = Duration::try_from_secs_f64(seconds).unwrap_or_default();
    format!("the last {}", age(span))
}

/// A height in words: what grows is told per second.
fn measure(entry: &Entry, height: f64) -> String {
    match entry.rate {
        Some(_) if entry.unit == "bytes" => format!("{}/s", format::bytes(height)),
        Some(_) => format!("{}/s", format::rate(height)),
        None => of_unit(&entry.unit, height),
    }
}

fn told(entry: &Entry, quantile: Option<Quantile>) -> String {
    quantile.map_or_else(
        || format::NOTHING.to_owned(),
        |quantile| {
            let beyond = if quantile.beyond { ">" } else { "" };
            format!("{beyond}{}", of_unit(&entry.unit, quantile.value))
        },
    )
}

fn of_unit(unit: &str, number: f64) -> String {
    match unit {
        "seconds" => format::seconds(number),
        "bytes" => format::bytes(number),
        _ => amount(number),
    }
}
