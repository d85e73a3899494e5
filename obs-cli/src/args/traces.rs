//! What `traces` is told.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Subcommand, ValueEnum};

use crate::dashboard::TraceFormat;

/// How a query is written; the last lines of the help of `traces list`.
const QUERY: &str = "\
A query, in words that must all hold (`or`, `!` and brackets as usual):
  op:storage.*  comp:auth  dur>5ms  self>1ms  err  status:cancelled  attr.user=42  \"timed out\"  spans>100
  span{op:db.* dur>1ms}  trace:4bf9  since:10m  until:2026-11-24T06:19:00Z  policy:slow  incomplete";

/// What can be asked about traces.
#[derive(Debug, Subcommand)]
pub(crate) enum TracesCommand {
    /// List traces that match a query, or the spans that are under way.
    #[command(after_help = QUERY)]
    List(ListArgs),
    /// Print a trace as a tree, with its critical path.
    Show(ShowArgs),
    /// Write a trace to a file for other programs.
    Export(ExportArgs),
    /// Read a file of traces: OTLP/JSON, lines of it, or what Jaeger's page downloads. No process is asked.
    Open(OpenArgs),
    /// Say in which operations the time of all traces goes.
    Bottlenecks(BottlenecksArgs),
}

/// What `traces list` is told.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Which traces: words of the query language, see below. Default: all.
    pub(crate) query: Vec<String>,

    /// The order: newest, slowest, spans, or own:OPERATION for the time that its spans took themselves.
    #[arg(long, default_value = "newest")]
    pub(crate) sort: Sort,

    /// How many traces, or open spans, at most.
    #[arg(long, value_name = "N", default_value = "50", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: u32,

    /// Only traces that began within this time, such as 10m, or since a moment, such as 2026-11-24T06:19:00Z.
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,

    /// Go on: print traces as they come in, until it is interrupted. With --json one document per line and trace.
    #[arg(long, conflicts_with_all = ["sort", "open"])]
    pub(crate) follow: bool,

    /// List the spans that have begun and not ended in place of traces, the oldest first.
    #[arg(long, conflicts_with_all = ["query", "sort", "since"])]
    pub(crate) open: bool,

    /// Of these, only those that have taken suspiciously long.
    #[arg(long, requires = "open")]
    pub(crate) stuck: bool,

    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What `traces show` is told.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The id of the trace, or its first digits, at least four.
    pub(crate) id: String,

    /// The id of a span whose critical path is shown. Default: the root of the trace.
    #[arg(long, value_name = "SPAN")]
    pub(crate) root: Option<String>,

    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What `traces export` is told.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// The id of the trace, or its first digits, at least four.
    pub(crate) id: String,

    /// The format.
    #[arg(long, value_enum, default_value = "otlp")]
    pub(crate) format: TraceFormatName,

    /// The file to write. Default: standard output.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Print a JSON document that says what was written where; of a file alone.
    #[arg(long, requires = "output")]
    pub(crate) json: bool,
}

/// What `traces open` is told.
#[derive(Debug, Args)]
pub(crate) struct OpenArgs {
    /// The file, or `-` for standard input.
    pub(crate) file: PathBuf,

    /// The trace to show, by the first digits of its id. Default: the one that there is, or a list.
    pub(crate) id: Option<String>,

    /// Write the trace, or all of them, in another format in place of showing it.
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) export: Option<TraceFormatName>,

    /// The file to write. Default: standard output.
    #[arg(short, long, value_name = "FILE", requires = "export")]
    pub(crate) output: Option<PathBuf>,

    /// Print one JSON document: a trace, or an array of all of them.
    #[arg(long, conflicts_with = "export")]
    pub(crate) json: bool,
}

/// What `traces bottlenecks` is told.
#[derive(Debug, Args)]
pub(crate) struct BottlenecksArgs {
    /// Only traces whose root is this operation.
    #[arg(long, value_name = "OPERATION")]
    pub(crate) root: Option<String>,

    /// How many operations and call paths at most.
    #[arg(long, value_name = "N", default_value = "20", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: u32,

    /// Print folded stacks, for flame graphs.
    #[arg(long, conflicts_with_all = ["json", "limit"])]
    pub(crate) folded: bool,

    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// The order of a list, as a runtime is asked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sort(pub(crate) String);

impl FromStr for Sort {
    type Err = String;

    fn from_str(text: &str) -> Result<Sort, String> {
        let own = text
            .strip_prefix("own:")
            .or_else(|| text.strip_prefix("self:"));
        match (text, own) {
            ("newest" | "slowest" | "spans", _) => Ok(Sort(text.to_owned())),
            (_, Some(operation)) if !operation.trim().is_empty() => {
                Ok(Sort(format!("self:{operation}")))
            }
            _ => Err(
                "write newest, slowest, spans, or own:OPERATION, such as own:storage.*".to_owned(),
            ),
        }
    }
}

/// The formats by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TraceFormatName {
    /// OTLP/JSON: the whole trace, for whatever speaks OpenTelemetry, and for `traces open`.
    Otlp,
    /// A Chrome trace, for Perfetto and chrome://tracing.
    Chrome,
    /// Folded stacks of the critical path, for flame graphs.
    Folded,
}

impl From<TraceFormatName> for TraceFormat {
    fn from(name: TraceFormatName) -> TraceFormat {
        match name {
            TraceFormatName::Otlp => TraceFormat::Otlp,
            TraceFormatName::Chrome => TraceFormat::Chrome,
            TraceFormatName::Folded => TraceFormat::Folded,
        }
    }
}
