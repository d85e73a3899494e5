//! What is selected on the lists of traces, of open spans and of bottlenecks, in full.

use obs_runtime::api::traces::{Difference, Operation};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Paragraph, Widget, Wrap};

use super::chart::rule;
use super::format::{count, seconds, share};
use super::theme::Look;
use crate::format::{moment, nanoseconds};
use crate::spans;
use crate::state::{Hot, Listed, OpenRow, Page, State, TraceRow};
use crate::text::printable;

/// Draws the detail, if it has room and something is selected.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, state: &State, look: Look) {
    if area.height < 2 {
        return;
    }
    let (traces, row) = (&state.traces, state.cursor());
    let told = match state.page {
        Page::Traces => traces
            .list
            .get(row)
            .map(|row| (row.name(), trace(row, state))),
        Page::Open => traces.open.get(row).map(|row| (row.name(), open(row))),
        Page::Bottlenecks => traces.hot.get(row).map(|row| (row.name(), hot(row, state))),
        _ => None,
    };
    let Some((name, lines)) = told else { return };
    rule(buffer, area, &name, look);
    let body = Rect {
        x: area.x + 1,
        y: area.y + 1,
        width: area.width.saturating_sub(2),
        height: area.height - 1,
    };
    let lines: Vec<Line<'_>> = lines.into_iter().map(Line::raw).collect();
    Paragraph::new(lines)
        .wrap(Wrap { trim: true })
        .render(body, buffer);
}

fn trace(row: &TraceRow, state: &State) -> Vec<String> {
    let summary = &row.summary;
    let components: Vec<String> = summary
        .components
        .iter()
        .map(|name| printable(name))
        .collect();
    let mut lines = vec![format!(
        "{}  {}",
        printable(&summary.id),
        moment(summary.start_unix_ns)
    )];
    if !components.is_empty() {
        lines.push(format!("in {}", components.join(", ")));
    }
    let coverage = &state.traces.coverage;
    lines.push(format!(
        "shown {} of {} that match, of {} held; {} received",
        coverage.shown, coverage.matched, coverage.held, coverage.received.traces
    ));
    if !coverage.complete {
        let left = coverage.unsearched + coverage.unreadable;
        lines.push(format!("not all was searched: {left} traces were left out"));
    }
    lines
}

fn open(row: &OpenRow) -> Vec<String> {
    let span = &row.span;
    let mut lines = vec![format!(
        "trace {}  span {}  since {}",
        printable(&span.trace),
        printable(&span.id),
        moment(span.start_unix_ns)
    )];
    let mut facts = Vec::new();
    if let Some(thread) = &span.thread {
        let name = thread.name.as_deref();
        let name = name.map_or_else(|| format!("thread {}", thread.number), printable);
        let verb = if span.running { "on" } else { "began on" };
        facts.push(format!("{verb} {name}"));
    }
    if let Some(usual) = span.usual_ns {
        facts.push(format!("99 of 100 take at most {}", nanoseconds(usual)));
    }
    if let Some(file) = &span.file {
        facts.push(format!("{}:{}", printable(file), span.line));
    }
    lines.push(facts.join(", "));
    lines
}

fn hot(row: &Hot, state: &State) -> Vec<String> {
    let (critical, bottlenecks) = (&row.hotspot.critical, &state.traces.bottlenecks);
    let mut lines = vec![
        format!(
            "{}; in all {}",
            spans::classes(&critical.by_class),
            nanoseconds(critical.own_ns)
        ),
        format!(
            "{} spans in {} of {} traces; share of a trace: p50 {}, p95 {}",
            count(critical.occurrences as f64),
            count(critical.traces as f64),
            count(bottlenecks.traces as f64),
            share(critical.share_p50),
            share(critical.share_p95)
        ),
    ];
    for exemplar in &critical.exemplars {
        lines.push(format!(
            "see {}: {} ({})",
            printable(&exemplar.trace),
            nanoseconds(exemplar.own_ns),
            share(exemplar.share)
        ));
    }
    let operation = &row.hotspot.operation;
    for path in &bottlenecks.paths {
        if path.path.last() == Some(operation) {
            let part = share(path.critical.share);
            lines.push(format!("{part} by {}", names(&path.path)));
        }
    }
    let roots = bottlenecks.roots.iter();
    for difference in roots.flat_map(|root| &root.differences) {
        if difference.path.last() == Some(operation) {
            lines.push(why(difference));
        }
    }
    lines
}

fn why(difference: &Difference) -> String {
    format!(
        "slow traces spend {} here, those of the middle {}, by {}",
        seconds(difference.slow_ns / 1e9),
        seconds(difference.middle_ns / 1e9),
        names(&difference.path)
    )
}

fn names(path: &[Operation]) -> String {
    let names = path
        .iter()
        .map(|of| spans::operation(&of.operation, of.component.as_deref()));
    names.collect::<Vec<_>>().join(" > ")
}
