//! The selected span in full: when and how long, how it stands to the critical path, and what was said of it.

use obs_runtime::api::traces::{Event, Span, SpanKind, Trace};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span as Piece};
use ratatui::widgets::{Paragraph, Widget, Wrap};

use crate::format::{nanoseconds, share};
use crate::spans;
use crate::state::{Gantt, State};
use crate::text::printable;
use crate::view::chart::rule;
use crate::view::theme::Look;

/// Draws the selected span, if it has room and one is selected.
pub(in crate::view) fn draw(buffer: &mut Buffer, area: Rect, state: &State, look: Look) {
    let gantt = state.gantt();
    let Some(span) = gantt.and_then(|gantt| gantt.span(state.cursor())) else {
        return;
    };
    if area.height < 2 {
        return;
    }
    let name = spans::operation(&span.operation, span.component.as_deref());
    rule(buffer, area, &name, look);
    let body = Rect {
        x: area.x + 1,
        y: area.y + 1,
        width: area.width.saturating_sub(2),
        height: area.height - 1,
    };
    let lines = gantt.map_or_else(Vec::new, |gantt| lines(gantt, span, look));
    Paragraph::new(lines)
        .wrap(Wrap { trim: true })
        .render(body, buffer);
}

fn lines(gantt: &Gantt, span: &Span, look: Look) -> Vec<Line<'static>> {
    let trace = &gantt.trace;
    let mut lines = vec![Line::raw(times(trace, span)), Line::raw(place(trace, span))];
    if let Some(trouble) = spans::trouble(span.status, span.open) {
        let told = match span.status_message.as_str() {
            "" => trouble.to_owned(),
            message => format!("{trouble}: {}", printable(message)),
        };
        lines.insert(0, Line::styled(told, look.bad()));
    }
    let mut attributes: Vec<String> = span
        .attributes
        .iter()
        .map(|attribute| spans::attribute(&attribute.key, &attribute.value))
        .collect();
    if span.attributes_cut > 0 {
        attributes.push(format!("({} cut)", span.attributes_cut));
    }
    if !attributes.is_empty() {
        lines.push(titled("attributes", &attributes.join("  "), look));
    }
    for event in &span.events {
        lines.push(titled("event", &happened(span, event), look));
    }
    for link in &span.links {
        let to = format!(
            "trace {} span {}",
            printable(&link.trace),
            printable(&link.span)
        );
        lines.push(titled("link", &to, look));
    }
    lines
}

fn titled(title: &'static str, text: &str, look: Look) -> Line<'static> {
    Line::from(vec![
        Piece::styled(title, look.heading()),
        Piece::styled(format!(" {text}"), Style::new()),
    ])
}

fn times(trace: &Trace, span: &Span) -> String {
    let whole = trace.critical_path.duration_ns.max(1);
    let mut told = format!(
        "start {}  took {}  own {}",
        spans::after(i64::try_from(span.start_ns).unwrap_or(i64::MAX)),
        nanoseconds(span.duration_ns()),
        nanoseconds(span.own_ns),
    );
    if span.critical_ns > 0 {
        let part = share(span.critical_ns as f64 / whole as f64);
        told += &format!("  critical {} ({part})", nanoseconds(span.critical_ns));
    }
    if span.drag_ns > 0 {
        told += &format!("  drag {}", nanoseconds(span.drag_ns));
    }
    match span.slack_ns {
        Some(slack) if slack > 0 => told += &format!("  slack {}", nanoseconds(slack)),
        _ => {}
    }
    if let Some(busy) = span.busy_ns {
        let part = share(busy as f64 / span.duration_ns().max(1) as f64);
        told += &format!("  polls {}  busy {part}", span.polls);
    }
    told
}

fn place(trace: &Trace, span: &Span) -> String {
    let mut told = format!("span {}  {}", printable(&span.id), span.standing);
    if let Some(hanging) = spans::hanging(span) {
        told += &format!("  {hanging}");
    }
    if !matches!(span.kind, SpanKind::Internal | SpanKind::Unknown) {
        told += &format!("  {}", span.kind);
    }
    if let Some(parent) = &span.parent {
        let remote = if span.remote_parent { " (remote)" } else { "" };
        told += &format!("  parent {}{remote}", printable(parent));
    }
    if let Some(number) = span.start_thread {
        told += &format!("  thread {}", thread(trace, number));
        if let Some(end) = span.end_thread.filter(|end| *end != number) {
            told += &format!(" to {}", thread(trace, end));
        }
    }
    told
}

fn thread(trace: &Trace, number: u32) -> String {
    let known = trace.threads.iter().find(|thread| thread.number == number);
    let name = known.and_then(|thread| thread.name.as_deref());
    name.map_or_else(|| number.to_string(), printable)
}

fn happened(span: &Span, event: &Event) -> String {
    let mut told = format!(
        "{} {}",
        spans::after(event.time_ns.saturating_sub_unsigned(span.start_ns)),
        printable(&event.name)
    );
    for attribute in &event.attributes {
        told += &format!("  {}", spans::attribute(&attribute.key, &attribute.value));
    }
    told
}
