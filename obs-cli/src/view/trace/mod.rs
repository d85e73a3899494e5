//! One trace: what it is, its spans over time, and all that is known of the selected one.

/// Spans over time.
mod bars;

/// The selected span in full.
mod said;

use ratatui::buffer::Buffer;
use ratatui::style::Style;

use super::format::{NOTHING, share};
use super::layout::Layout;
use super::line::fitting;
use super::theme::Look;
use crate::format::{moment, nanoseconds};
use crate::spans;
use crate::state::{Gantt, State};

pub(super) use bars::drawn;
pub(super) use said::draw as draw_detail;

/// How many lines stand above the spans: what it is, what it waited for, and the ruler.
pub(super) const HEADINGS: u16 = 3;

/// Draws headings and spans.
pub(super) fn draw(buffer: &mut Buffer, layout: &Layout, state: &State, look: Look) {
    let Some(gantt) = state.gantt().filter(|gantt| !gantt.trace.spans.is_empty()) else {
        for (y, line) in layout.rows.rows().zip(super::table::note(state)) {
            let style = if state.traces.trouble.is_empty() {
                look.quiet()
            } else {
                look.bad()
            };
            buffer.set_stringn(y.x, y.y, format!(" {line}"), y.width.into(), style);
        }
        return;
    };
    let lines = [facts(gantt, look), path(gantt, state, look)];
    for (y, pieces) in layout.headings.rows().zip(lines) {
        let line = fitting(pieces, y.width.into());
        buffer.set_line(y.x, y.y, &line, y.width);
    }
    if let Some(ruler) = layout.headings.rows().nth(usize::from(HEADINGS) - 1) {
        bars::ruler(buffer, ruler, gantt, look);
    }
    let rows = layout.rows.rows().zip(state.list.top..gantt.rows().len());
    for (area, row) in rows {
        bars::row(buffer, area, gantt, row, state, look);
    }
}

fn facts(gantt: &Gantt, look: Look) -> Vec<(String, Style)> {
    let trace = &gantt.trace;
    let plain = Style::new();
    let path = &trace.critical_path;
    let root = trace.spans.get(path.root.unwrap_or_default() as usize);
    let mut pieces = Vec::new();
    if let Some(root) = root {
        let name = spans::operation(&root.operation, root.component.as_deref());
        pieces.push((name, look.heading()));
        pieces.push((nanoseconds(root.duration_ns()), plain));
        if let Some(trouble) = spans::trouble(root.status, root.open) {
            pieces.push((trouble.to_owned(), look.bad()));
        }
    }
    let count = trace.spans.len();
    pieces.push((
        format!("{count} span{}", if count == 1 { "" } else { "s" }),
        plain,
    ));
    pieces.push(match trace.kept {
        Some(kept) => (format!("kept: {}", kept.policy), plain),
        None => ("under way".to_owned(), look.warning()),
    });
    if let Some(missing) = spans::missing(&trace.missing) {
        pieces.push((format!("missing: {missing}"), look.warning()));
    }
    pieces.push((moment(trace.start_unix_ns), look.quiet()));
    if !path.other_roots.is_empty() {
        pieces.push((
            format!("{} roots more", path.other_roots.len()),
            look.warning(),
        ));
    }
    pieces
}

/// The step that was made last, or what the path consists of.
fn path(gantt: &Gantt, state: &State, look: Look) -> Vec<(String, Style)> {
    let trace = &gantt.trace;
    let segments = &trace.critical_path.segments;
    let searching = !state.list.filter.is_empty();
    let stepped = gantt.step.filter(|_| !searching);
    if let Some((number, segment)) = stepped.and_then(|step| Some((step, segments.get(step)?))) {
        let operation = segment.span.and_then(|span| trace.spans.get(span as usize));
        let operation = operation.map_or("(missing span)".to_owned(), |span| {
            spans::operation(&span.operation, span.component.as_deref())
        });
        let ns = segment.to_ns.saturating_sub(segment.from_ns);
        let whole = trace.critical_path.duration_ns.max(1);
        return vec![
            (
                format!("critical {}/{}:", number + 1, segments.len()),
                look.heading(),
            ),
            (operation, Style::new()),
            (
                format!(
                    "{} {} ({})",
                    segment.class,
                    nanoseconds(ns),
                    share(ns as f64 / whole as f64)
                ),
                look.critical(),
            ),
            (format!("at {}", nanoseconds(segment.from_ns)), look.quiet()),
        ];
    }
    let classes = spans::classes(&trace.critical_path.by_class);
    let mut pieces = vec![("critical:".to_owned(), look.heading())];
    if classes.is_empty() {
        pieces.push((NOTHING.to_owned(), look.quiet()));
    }
    let classes = classes.split(", ").filter(|class| !class.is_empty());
    pieces.extend(classes.map(|class| (class.to_owned(), look.critical())));
    if gantt.only_critical {
        pieces.push(("c shows all".to_owned(), look.warning()));
    }
    pieces
}
