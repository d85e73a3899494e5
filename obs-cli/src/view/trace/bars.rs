//! Spans over time: names that hang on each other, own time, and bars that tell what was waited for.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::format::nanoseconds;
use crate::spans;
use crate::state::{Gantt, Piece, State};
use crate::text::printable;
use crate::view::line::{exactly, width_of};
use crate::view::theme::Look;

/// Own time takes so much, a space included.
const OWN: u16 = 8;

/// Narrower screens have no room for own time.
const OWN_FROM: u16 = 56;

/// Names have at least this much room, and at most.
const NAME_AT_LEAST: u16 = 12;
const NAME_AT_MOST: u16 = 64;

/// Names keep this much room, however deep their spans are.
const NAME_KEPT: usize = 10;

/// From this width on components stand in front of operations.
const COMPONENTS_FROM: u16 = 110;

/// A number on the ruler takes at most so much, with the space behind it.
const TICK: u16 = 10;

/// Who has which columns.
struct Columns {
    name: u16,
    own: u16,
    bars: u16,
}

impl Columns {
    fn of(width: u16) -> Columns {
        let own = if width < OWN_FROM { 0 } else { OWN };
        let name = (width * 35 / 100).clamp(NAME_AT_LEAST, NAME_AT_MOST);
        let name = name.min(width.saturating_sub(1));
        Columns {
            name,
            own,
            // A column before the name, one before the bars, one behind them.
            bars: width.saturating_sub(name + own + 3),
        }
    }

    fn bars_from(&self, area: Rect) -> u16 {
        area.x + 1 + self.name + self.own + 1
    }
}

/// Draws the titles, and when things are.
pub(super) fn ruler(buffer: &mut Buffer, area: Rect, gantt: &Gantt, look: Look) {
    let columns = Columns::of(area.width);
    buffer.set_stringn(
        area.x + 1,
        area.y,
        "operation",
        columns.name.into(),
        look.heading(),
    );
    if columns.own > 0 {
        let x = area.x + 1 + columns.name;
        let title = format!("{:>width$}", "own", width = usize::from(columns.own));
        buffer.set_string(x, area.y, title, look.heading());
    }
    let (from, to) = gantt.window;
    let last = nanoseconds(to);
    let width = u16::try_from(width_of(&last)).unwrap_or(TICK);
    let last_from = area.right().saturating_sub(width + 1);
    let ticks = (columns.bars / TICK).max(1);
    for tick in 0..ticks {
        let part = u128::from(to - from) * u128::from(tick) / u128::from(ticks);
        let time = from.saturating_add(u64::try_from(part).unwrap_or(u64::MAX));
        let x = columns.bars_from(area) + columns.bars * tick / ticks;
        let text = match time {
            0 => "0".to_owned(),
            time => nanoseconds(time),
        };
        // What would meet the last number is left out.
        if usize::from(x) + width_of(&text) < usize::from(last_from) {
            buffer.set_string(x, area.y, text, look.heading());
        }
    }
    if last_from > columns.bars_from(area) {
        buffer.set_string(last_from, area.y, last, look.heading());
    }
}

/// Draws a span.
pub(super) fn row(
    buffer: &mut Buffer,
    area: Rect,
    gantt: &Gantt,
    row: usize,
    state: &State,
    look: Look,
) {
    let Some(span) = gantt.span(row) else { return };
    let columns = Columns::of(area.width);
    let is_critical = span.critical_ns > 0;
    let style = match span.status.is_failure() {
        true => look.bad(),
        false if is_critical => look.heading(),
        false => Style::new(),
    };
    let name = name(
        gantt,
        row,
        columns.name.into(),
        area.width >= COMPONENTS_FROM,
    );
    buffer.set_string(area.x + 1, area.y, name, style);
    if columns.own > 0 {
        let own = format!(
            "{:>width$}",
            nanoseconds(span.own_ns),
            width = usize::from(columns.own)
        );
        let style = if is_critical {
            look.critical()
        } else {
            look.quiet()
        };
        buffer.set_string(area.x + 1 + columns.name, area.y, own, style);
    }
    let bar = gantt.bar(row, columns.bars.into());
    for (x, piece) in (columns.bars_from(area)..).zip(bar) {
        let (glyph, style) = drawn(piece, look);
        buffer.set_string(x, area.y, glyph, style);
    }
    if row == state.cursor() {
        let selected = Rect {
            width: (1 + columns.name + columns.own).min(area.width),
            ..area
        };
        buffer.set_style(selected, look.selected());
    }
}

/// How a piece of a bar looks: by its character, and by its colour.
pub(in crate::view) fn drawn(piece: Piece, look: Look) -> (&'static str, Style) {
    match piece {
        Piece::Nothing => (" ", Style::new()),
        Piece::Beside => ("░", look.quiet()),
        Piece::Above => ("▒", look.quiet()),
        Piece::Queue => ("▓", look.warning()),
        Piece::Critical => ("█", look.critical()),
        Piece::Event => ("◆", look.heading()),
    }
}

/// The name behind its depth, with how it went and how it hangs at its end.
fn name(gantt: &Gantt, row: usize, width: usize, with_component: bool) -> String {
    let Some(span) = gantt.span(row) else {
        return String::new();
    };
    let depth = usize::try_from(span.depth).unwrap_or(usize::MAX);
    let indent = depth.saturating_mul(2).min(width.saturating_sub(NAME_KEPT));
    let fold = match (span.below, gantt.is_folded(span)) {
        (0, _) => ' ',
        (_, true) => '▸',
        (_, false) => '▾',
    };
    let mut name = match &span.component {
        Some(component) if with_component => spans::operation(&span.operation, Some(component)),
        _ => printable(&span.operation),
    };
    if gantt.is_folded(span) {
        name += &format!(" ({} below)", span.below);
    }
    let tag = spans::trouble(span.status, span.open).or(spans::hanging(span));
    let room = width.saturating_sub(indent + 2);
    let told = match tag {
        Some(tag) if room >= tag.len() + 7 => {
            format!("{} {tag}", exactly(&name, room - tag.len() - 1))
        }
        // What went wrong is said, if only by a sign.
        Some(_) if spans::trouble(span.status, span.open).is_some() => {
            exactly(&format!("!{name}"), room)
        }
        _ => exactly(&name, room),
    };
    format!("{:indent$}{fold} {told}", "")
}
