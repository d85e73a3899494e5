//! `traces show`: one trace as a tree, with its critical path.

use std::io::Write;

use anyhow::Result;
use obs_runtime::api::traces::{Span, Trace};

use crate::args::ShowArgs;
use crate::client::Client;
use crate::commands::Outcome;
use crate::format::{NOTHING, moment, nanoseconds, share};
use crate::spans;
use crate::text::printable;

/// From this depth on spans stand no further to the right; their depth is told.
const DEEPEST: u32 = 30;

/// Prints a trace.
///
/// # Errors
///
/// The process cannot be asked, there is no such trace, or the answer cannot be written.
pub(super) fn show(args: &ShowArgs, client: &Client, out: &mut dyn Write) -> Result<Outcome> {
    let trace = client.trace(&args.id, args.root.as_ref())?;
    if args.json {
        serde_json::to_writer(&mut *out, &trace)?;
        writeln!(out)?;
    } else {
        print(&trace, out)?;
    }
    Ok(Outcome::Fine)
}

/// Prints a trace as a tree.
pub(super) fn print(trace: &Trace, out: &mut dyn Write) -> Result<()> {
    head(trace, out)?;
    writeln!(out, "\n     took      own  critical    operation")?;
    for span in &trace.spans {
        row(span, out)?;
        said(span, out)?;
    }
    Ok(())
}

fn head(trace: &Trace, out: &mut dyn Write) -> Result<()> {
    let path = &trace.critical_path;
    let count = trace.spans.len();
    let kept = match trace.kept {
        None => "under way".to_owned(),
        Some(kept) if kept.weight > 1.0 => {
            format!("kept: {}, 1 of {:.0}", kept.policy, kept.weight)
        }
        Some(kept) => format!("kept: {}", kept.policy),
    };
    writeln!(
        out,
        "{}  {}  {}  {count} span{}  {kept}",
        printable(&trace.id),
        moment(trace.start_unix_ns),
        nanoseconds(trace.duration_ns),
        if count == 1 { "" } else { "s" },
    )?;
    if path.duration_ns > 0 {
        writeln!(
            out,
            "critical path {}: {}",
            nanoseconds(path.duration_ns),
            spans::classes(&path.by_class)
        )?;
    }
    if let Some(missing) = spans::missing(&trace.missing) {
        writeln!(out, "missing: {missing}")?;
    }
    for root in &path.other_roots {
        if let Some(root) = trace.spans.get(*root as usize) {
            writeln!(
                out,
                "another root: {} (its path: --root {})",
                spans::operation(&root.operation, root.component.as_deref()),
                printable(&root.id)
            )?;
        }
    }
    Ok(())
}

fn row(span: &Span, out: &mut dyn Write) -> Result<()> {
    let (mark, critical) = match span.critical_ns {
        0 => (' ', NOTHING.to_owned()),
        ns => ('*', nanoseconds(ns)),
    };
    let indent = usize::try_from(span.depth.min(DEEPEST) * 2).unwrap_or_default();
    write!(
        out,
        "{:>9}{:>9}{critical:>10} {mark} {:indent$}",
        nanoseconds(span.duration_ns()),
        nanoseconds(span.own_ns),
        "",
    )?;
    if span.depth > DEEPEST {
        write!(out, "({} deep) ", span.depth)?;
    }
    write!(
        out,
        "{}",
        spans::operation(&span.operation, span.component.as_deref())
    )?;
    let remarks: Vec<&str> = spans::hanging(span)
        .into_iter()
        .chain(spans::trouble(span.status, span.open))
        .collect();
    if !remarks.is_empty() {
        write!(out, "  [{}]", remarks.join(", "))?;
    }
    if !span.status_message.is_empty() {
        write!(out, " {:?}", printable(&span.status_message))?;
    }
    writeln!(out)?;
    Ok(())
}

/// Attributes, events and links, in lines below the span.
fn said(span: &Span, out: &mut dyn Write) -> Result<()> {
    let indent = usize::try_from(span.depth.min(DEEPEST) * 2 + 35).unwrap_or_default();
    let line = |out: &mut dyn Write, text: &str| writeln!(out, "{:indent$}{text}", "");
    let mut facts: Vec<String> = Vec::new();
    if let Some(busy) = span.busy_ns {
        let part = share(busy as f64 / span.duration_ns().max(1) as f64);
        facts.push(format!("polls={} busy={part}", span.polls));
    }
    facts.extend(
        span.attributes
            .iter()
            .map(|attribute| spans::attribute(&attribute.key, &attribute.value)),
    );
    if span.attributes_cut > 0 {
        facts.push(format!("({} cut)", span.attributes_cut));
    }
    if !facts.is_empty() {
        line(out, &facts.join(" "))?;
    }
    for event in &span.events {
        let mut told = format!(
            "{} {}",
            spans::after(event.time_ns.saturating_sub_unsigned(span.start_ns)),
            printable(&event.name)
        );
        for attribute in &event.attributes {
            told += &format!(" {}", spans::attribute(&attribute.key, &attribute.value));
        }
        line(out, &told)?;
    }
    for link in &span.links {
        let told = format!(
            "-> trace {} span {}",
            printable(&link.trace),
            printable(&link.span)
        );
        line(out, &told)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixture;

    #[test]
    fn a_trace_is_a_tree_with_everything_that_was_said() {
        let mut out = Vec::new();
        print(&fixture::traces::payment(), &mut out).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap());
    }

    #[test]
    fn what_is_deep_stands_no_further_to_the_right() {
        let mut out = Vec::new();
        let deep = Span {
            depth: 9_999,
            operation: "down".to_owned(),
            ..Span::default()
        };
        row(&deep, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(
            text.ends_with("(9999 deep) down\n") && text.len() < 150,
            "{text}"
        );
    }
}
