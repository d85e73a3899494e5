//! `traces list --open`: spans that have begun and not ended, the oldest first.

use std::io::Write;

use anyhow::Result;
use obs_runtime::api::traces::{OpenSpan, OpenSpans};

use crate::args::ListArgs;
use crate::client::Client;
use crate::commands::Outcome;
use crate::format::{moment, nanoseconds};
use crate::spans;
use crate::text::printable;

/// Prints spans that are under way.
///
/// # Errors
///
/// The process cannot be asked, or the answer not be written.
pub(super) fn list(args: &ListArgs, client: &Client, out: &mut dyn Write) -> Result<Outcome> {
    print(client.open_spans()?, args, out)
}

fn print(mut open: OpenSpans, args: &ListArgs, out: &mut dyn Write) -> Result<Outcome> {
    if args.stuck {
        open.spans.retain(|span| span.stuck);
    }
    let shown = open.spans.len().min(args.limit as usize);
    open.more += (open.spans.len() - shown) as u64;
    open.spans.truncate(shown);
    if args.json {
        serde_json::to_writer(&mut *out, &open)?;
        writeln!(out)?;
        return Ok(Outcome::of_matches(shown));
    }
    for span in &open.spans {
        line(span, out)?;
    }
    let all = shown as u64 + open.more;
    writeln!(
        out,
        "# {shown} of {all} open span{} at {}; {} stuck (longer than {} and than three times what is usual)",
        if all == 1 { "" } else { "s" },
        moment(open.now_unix_ns),
        open.stuck,
        nanoseconds(open.stuck_after_ns)
    )?;
    Ok(Outcome::of_matches(shown))
}

fn line(span: &OpenSpan, out: &mut dyn Write) -> Result<()> {
    let mut remarks = Vec::new();
    if span.stuck {
        remarks.push("STUCK".to_owned());
    }
    if let Some(usual) = span.usual_ns {
        remarks.push(format!("usually {}", nanoseconds(usual)));
    }
    if let Some(thread) = &span.thread {
        let verb = if span.running { "on" } else { "began on" };
        remarks.push(match &thread.name {
            Some(name) => format!("{verb} {}", printable(name)),
            None => format!("{verb} thread {}", thread.number),
        });
    }
    if let Some(file) = &span.file {
        remarks.push(format!("{}:{}", printable(file), span.line));
    }
    writeln!(
        out,
        "{}  {}  {:>7}  {}  [{}]",
        printable(&span.trace),
        printable(&span.id),
        nanoseconds(span.age_ns),
        spans::operation(&span.operation, span.component.as_deref()),
        remarks.join(", ")
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Sort;
    use crate::state::fixture::traces as fixture;

    fn args(stuck: bool, json: bool) -> ListArgs {
        ListArgs {
            query: Vec::new(),
            sort: Sort("newest".to_owned()),
            limit: 50,
            since: None,
            follow: false,
            open: true,
            stuck,
            json,
        }
    }

    fn printed(args: &ListArgs) -> (String, Outcome) {
        let mut out = Vec::new();
        let outcome = print(fixture::open_spans(), args, &mut out).unwrap();
        (String::from_utf8(out).unwrap(), outcome)
    }

    #[test]
    fn each_open_span_has_its_line() {
        insta::assert_snapshot!(printed(&args(false, false)).0);
    }

    #[test]
    fn no_more_are_listed_than_asked_for_as_json_either() {
        let whole = fixture::open_spans();
        let few = ListArgs {
            limit: 1,
            ..args(false, true)
        };
        let read: OpenSpans = serde_json::from_str(&printed(&few).0).unwrap();
        let more = whole.more + whole.spans.len() as u64 - 1;
        assert_eq!((read.spans.len(), read.more), (1, more));
    }

    #[test]
    fn stuck_ones_are_selected() {
        let (text, outcome) = printed(&args(true, true));
        let read: OpenSpans = serde_json::from_str(&text).unwrap();
        assert_eq!((read.spans.len(), outcome), (1, Outcome::Fine));
        let mut out = Vec::new();
        let none = print(OpenSpans::default(), &args(true, false), &mut out).unwrap();
        assert_eq!(none, Outcome::Found);
    }
}
