//! `traces list`: traces that match a query, once or as they come.

use std::collections::{HashSet, VecDeque};
use std::io::Write;
use std::time::Duration;

use anyhow::{Context, Result};
use obs_runtime::api::traces::{Coverage, TraceList, TraceSummary};
use obs_runtime::query::traces::Query;

use crate::args::ListArgs;
use crate::client::Client;
use crate::commands::Outcome;
use crate::dashboard::TraceQuestion;
use crate::format::{moment, nanoseconds};
use crate::spans;
use crate::text::printable;

/// How often a list that goes on is asked for.
const PAUSE: Duration = Duration::from_secs(1);

/// How many traces are asked for each time.
const AT_A_TIME: usize = 1000;

/// How many ids are remembered, so that no trace is told twice.
const REMEMBERED: usize = 100_000;

/// Prints the first traces of an order.
///
/// # Errors
///
/// The process cannot be asked, the query is none, or the answer cannot be written.
pub(super) fn list(args: &ListArgs, client: &Client, out: &mut dyn Write) -> Result<Outcome> {
    let list = client.traces(&question(args)?)?;
    print(&list, args.json, out)
}

/// Prints the newest traces and then others as they come in, the oldest first, until it is interrupted.
///
/// # Errors
///
/// The process cannot be asked any more, the query is none, or the answer cannot be written.
pub(super) fn follow(args: &ListArgs, client: &Client, out: &mut dyn Write) -> Result<Outcome> {
    let question = TraceQuestion {
        limit: AT_A_TIME,
        ..question(args)?
    };
    let mut told = Told::default();
    let mut is_first = true;
    loop {
        let mut list = client.traces(&question)?;
        list.traces.retain(|trace| told.is_new(&trace.id));
        if is_first {
            list.traces.truncate(args.limit as usize);
        }
        for trace in list.traces.iter().rev() {
            if args.json {
                serde_json::to_writer(&mut *out, trace)?;
                writeln!(out)?;
            } else {
                line(trace, out)?;
            }
        }
        if !is_first && list.traces.len() == AT_A_TIME {
            eprintln!(
                "obs-cli: more than {AT_A_TIME} traces came at once: narrow the query to see all"
            );
        }
        is_first = false;
        out.flush()?;
        std::thread::sleep(PAUSE);
    }
}

/// The question as a runtime is asked.
///
/// # Errors
///
/// The query is none, where something is put around it: whoever is asked would point into what was not written so.
fn question(args: &ListArgs) -> Result<TraceQuestion> {
    let query = args.query.join(" ");
    let query = match &args.since {
        None => query,
        Some(since) if query.trim().is_empty() => format!("since:{since}"),
        // In brackets, since what stands beside `or` is a part of one side alone.
        Some(since) => {
            let parsed = query.parse::<Query>();
            parsed.with_context(|| format!("`{query}` is no query"))?;
            format!("({query}) since:{since}")
        }
    };
    Ok(TraceQuestion {
        query,
        order: args.sort.0.clone(),
        limit: args.limit as usize,
        after: None,
    })
}

/// Prints a list, with what it speaks of.
fn print(list: &TraceList, json: bool, out: &mut dyn Write) -> Result<Outcome> {
    if json {
        serde_json::to_writer(&mut *out, list)?;
        writeln!(out)?;
    } else {
        for trace in &list.traces {
            line(trace, out)?;
        }
        coverage(&list.coverage, out)?;
    }
    Ok(Outcome::of_matches(list.traces.len()))
}

/// Prints a trace in a line. The id stands first, so that it is easily cut out.
pub(super) fn line(trace: &TraceSummary, out: &mut dyn Write) -> Result<()> {
    let mut remarks = Vec::new();
    match spans::trouble(trace.status, false) {
        Some(trouble) => remarks.push(trouble.to_owned()),
        None if trace.failed => remarks.push("error within".to_owned()),
        None => {}
    }
    if trace.incomplete {
        remarks.push("incomplete".to_owned());
    }
    if let Some(own) = trace.own_ns {
        remarks.push(format!("own {}", nanoseconds(own)));
    }
    remarks.push(match trace.weight {
        weight if weight > 1.0 => format!("kept: {}, 1 of {weight:.0}", trace.policy),
        _ => format!("kept: {}", trace.policy),
    });
    writeln!(
        out,
        "{}  {}  {:>7}  {:>5} span{}  {}  [{}]",
        printable(&trace.id),
        moment(trace.start_unix_ns),
        nanoseconds(trace.duration_ns),
        trace.spans,
        if trace.spans == 1 { " " } else { "s" },
        spans::operation(&trace.operation, trace.component.as_deref()),
        remarks.join(", ")
    )?;
    Ok(())
}

/// Over how much the list speaks, in lines that begin with `#`.
fn coverage(coverage: &Coverage, out: &mut dyn Write) -> Result<()> {
    write!(
        out,
        "# {} of {} that match (they stand for {:.0}), of {} held",
        coverage.shown, coverage.matched, coverage.matched_stand_for, coverage.held
    )?;
    if let Some(earliest) = coverage.earliest_unix_ns {
        write!(out, " since {}", moment(earliest))?;
    }
    writeln!(
        out,
        "; {} received since the start",
        coverage.received.traces
    )?;
    if !coverage.complete {
        write!(out, "# not all was searched:")?;
        write!(
            out,
            " {} traces would have taken too long, {} could not be read",
            coverage.unsearched, coverage.unreadable
        )?;
        if coverage.unreadable_blocks > 0 {
            write!(out, ", {} blocks are damaged", coverage.unreadable_blocks)?;
        }
        writeln!(out, "; narrow the query, by since: for one")?;
    }
    if let Some(failure) = &coverage.disk_failure {
        writeln!(out, "# nothing was read from disk: {}", printable(failure))?;
    }
    Ok(())
}

/// Ids that were told already, the latest of them.
#[derive(Default)]
struct Told {
    ids: HashSet<String>,
    order: VecDeque<String>,
}

impl Told {
    fn is_new(&mut self, id: &str) -> bool {
        if !self.ids.insert(id.to_owned()) {
            return false;
        }
        self.order.push_back(id.to_owned());
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Sort;
    use crate::state::fixture::traces as fixture;

    fn args(query: &[&str], since: Option<&str>) -> ListArgs {
        ListArgs {
            query: query.iter().map(|&word| word.to_owned()).collect(),
            sort: "own:storage.*".parse::<Sort>().unwrap(),
            limit: 7,
            since: since.map(str::to_owned),
            follow: false,
            open: false,
            stuck: false,
            json: false,
        }
    }

    #[test]
    fn words_are_one_query_and_since_holds_for_all_of_it() {
        let asked = |words: &[&str], since| question(&args(words, since)).unwrap().query;
        assert_eq!(asked(&[], None), "");
        assert_eq!(asked(&["op:a", "err"], None), "op:a err");
        assert_eq!(
            asked(&["op:a", "or", "op:b"], Some("10m")),
            "(op:a or op:b) since:10m"
        );
        assert_eq!(asked(&[], Some("10m")), "since:10m");
        assert_eq!(question(&args(&[], None)).unwrap().order, "self:storage.*");
    }

    #[test]
    fn what_is_wrong_with_a_query_is_where_it_was_written_with_since_too() {
        let refused = question(&args(&["op:a", "dur>fast"], Some("10m"))).unwrap_err();
        let expected = "op:a dur>fast".parse::<Query>().unwrap_err();
        assert!(expected.column > 5);
        assert_eq!(
            format!("{refused:#}"),
            format!("`op:a dur>fast` is no query: {expected}")
        );
    }

    #[test]
    fn list_is_a_line_per_trace_and_its_coverage() {
        let mut out = Vec::new();
        assert_eq!(
            print(&fixture::list(), false, &mut out).unwrap(),
            Outcome::Fine
        );
        insta::assert_snapshot!(String::from_utf8(out).unwrap());
        let mut out = Vec::new();
        let none = TraceList::default();
        assert_eq!(print(&none, false, &mut out).unwrap(), Outcome::Found);
    }

    #[test]
    fn json_is_the_list() {
        let mut out = Vec::new();
        print(&fixture::list(), true, &mut out).unwrap();
        let read: TraceList = serde_json::from_slice(&out).unwrap();
        assert_eq!(read, fixture::list());
    }

    #[test]
    fn no_trace_is_told_twice_and_memory_is_bounded() {
        let mut told = Told::default();
        assert!(told.is_new("a") && !told.is_new("a"));
        for number in 0..REMEMBERED {
            told.is_new(&number.to_string());
        }
        assert_eq!((told.ids.len(), told.order.len()), (REMEMBERED, REMEMBERED));
        assert!(told.is_new("a"), "it was forgotten");
    }
}
