//! What the program can be told on its command line.

/// What `traces` is told.
mod traces;

use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

#[cfg(test)]
pub(crate) use traces::Sort;
pub(crate) use traces::{BottlenecksArgs, ExportArgs, ListArgs, OpenArgs, ShowArgs, TracesCommand};

use crate::dashboard::Theme;

/// Where a runtime listens unless it was told otherwise.
pub(crate) const DEFAULT_URL: &str = "http://127.0.0.1:9464";

/// What a program is told by its exit code; the last lines of the help.
const EXIT_CODES: &str = "\
Exit codes: 0 all is well; 1 something was found (check, doctor), nothing matched (metrics, catalogue, traces list) or
parts of a file could not be read (traces open); 2 the question could not be answered: wrong usage, no connection, no
permission, no such trace.

With a closed pipe, as in `obs-cli metrics | head`, it ends quietly.";

/// Shows what a process that uses obs records. Without a command it opens the dashboard.
#[derive(Debug, Parser)]
#[command(name = "obs-cli", version, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    /// Where the process serves its metrics.
    #[arg(long, global = true, default_value = DEFAULT_URL)]
    pub(crate) url: String,

    #[command(flatten)]
    pub(crate) dashboard: DashboardArgs,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// How the dashboard looks.
#[derive(Debug, Args)]
pub(crate) struct DashboardArgs {
    /// Colours: those of the terminal, some that every eye can tell apart, or none. Default: none if NO_COLOR is set.
    #[arg(long, value_enum)]
    pub(crate) theme: Option<ThemeName>,

    /// Draw with ASCII characters alone. Default: where the locale is not UTF-8.
    #[arg(long)]
    pub(crate) ascii: bool,

    /// Leave the mouse to the terminal, for selecting text.
    #[arg(long)]
    pub(crate) no_mouse: bool,

    /// The pause between two snapshots, in seconds.
    #[arg(long, value_name = "SECONDS", default_value = "1", value_parser = seconds)]
    pub(crate) interval: Duration,
}

/// The themes by name.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ThemeName {
    /// The terminal's own colours: green, yellow, red.
    Colour,
    /// Blue and orange, which eyes that confuse red and green tell apart.
    ColourBlind,
    /// No colours: bold, underlined and reversed text.
    Monochrome,
}

impl From<ThemeName> for Theme {
    fn from(name: ThemeName) -> Theme {
        match name {
            ThemeName::Colour => Theme::Colour,
            ThemeName::ColourBlind => Theme::ColourBlind,
            ThemeName::Monochrome => Theme::Monochrome,
        }
    }
}

/// What prints.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print what was recorded: one line per series.
    Metrics(MetricsArgs),
    /// Print every metric the process has, recorded or not; or a Grafana dashboard, or alert rules made of them.
    Catalogue(CatalogueArgs),
    /// List traces, show one with its critical path, or say where the time of all goes.
    Traces {
        /// What about them.
        #[command(subcommand)]
        what: TracesCommand,
    },
    /// Say what became of every span, and whether anything was lost.
    Doctor(DoctorArgs),
    /// Look for faults.
    Check {
        /// What to check.
        #[command(subcommand)]
        what: Check,
    },
    /// Print a script that completes obs-cli's arguments in a shell.
    Completions(CompletionsArgs),
}

/// What `metrics` is told.
#[derive(Debug, Args)]
pub(crate) struct MetricsArgs {
    /// Words that must occur in a metric's name; `!word` must not.
    pub(crate) words: Vec<String>,

    /// Only series of this component.
    #[arg(long)]
    pub(crate) component: Option<String>,

    /// Only the metrics' names, with kind, number of series and help.
    #[arg(long)]
    pub(crate) list: bool,

    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What `catalogue` is told.
#[derive(Debug, Args)]
pub(crate) struct CatalogueArgs {
    /// Words that must occur in a metric's name; `!word` must not.
    pub(crate) words: Vec<String>,

    /// Print one JSON document.
    #[arg(long, conflicts_with_all = ["grafana", "rules"])]
    pub(crate) json: bool,

    /// Print a Grafana dashboard, to be imported (JSON).
    #[arg(long, conflicts_with = "rules")]
    pub(crate) grafana: bool,

    /// Print alert rules to start from, for Prometheus (YAML).
    #[arg(long)]
    pub(crate) rules: bool,
}

/// What can be checked.
#[derive(Debug, Subcommand)]
pub(crate) enum Check {
    /// Check an exposition, in Prometheus's text format or in OpenMetrics, for what parsers refuse or misunderstand.
    Metrics(CheckMetricsArgs),
}

/// What `check metrics` is told.
#[derive(Debug, Args)]
pub(crate) struct CheckMetricsArgs {
    /// A URL (asked for both formats), a file, or `-` for standard input. Default: /metrics of --url.
    pub(crate) source: Option<String>,

    /// The format. Default: what the server says it is; of a file, OpenMetrics if it ends in `# EOF`.
    #[arg(long, value_enum)]
    pub(crate) format: Option<FormatName>,

    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// The formats by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormatName {
    /// Prometheus's text format 0.0.4.
    Text,
    /// OpenMetrics 1.0.0.
    #[value(name = "openmetrics")]
    OpenMetrics,
}

/// What `doctor` is told.
#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What `completions` is told.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell.
    pub(crate) shell: Shell,

    /// Print one JSON document, with the script in it.
    #[arg(long)]
    pub(crate) json: bool,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let told = "write a number of seconds from 0.1 to 3600, such as 0.5 or 2";
    let seconds: f64 = text.trim_end_matches('s').parse().map_err(|_| told)?;
    if !(0.1..=3600.0).contains(&seconds) {
        return Err(told.to_owned());
    }
    Ok(Duration::from_secs_f64(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_contradict_nothing() {
        Cli::command().debug_assert();
    }

    #[test]
    fn nothing_at_all_is_the_dashboard_at_the_default_address() {
        let cli = Cli::try_parse_from(["obs-cli"]).expect("nothing is needed");
        assert!(cli.command.is_none());
        assert_eq!(
            (&cli.url[..], cli.dashboard.interval),
            ("http://127.0.0.1:9464", Duration::from_secs(1))
        );
    }

    #[test]
    fn the_url_may_stand_behind_the_command() {
        let cli = Cli::try_parse_from(["obs-cli", "metrics", "--url", "http://a:1", "x"]);
        assert_eq!(cli.expect("it is read").url, "http://a:1");
    }

    #[test]
    fn what_excludes_each_other_is_refused() {
        for arguments in [
            &["catalogue", "--json", "--rules"][..],
            &["catalogue", "--grafana", "--rules"],
            &["--interval", "0"],
            &["--interval", "soon"],
            &["--theme", "pink"],
            &["completions", "cmd"],
            &["check"],
            &["traces"],
            &["traces", "list", "--sort", "fastest"],
            &["traces", "list", "--sort", "own:"],
            &["traces", "list", "--follow", "--sort", "slowest"],
            &["traces", "list", "--open", "err"],
            &["traces", "list", "--stuck"],
            &["traces", "show"],
            &["traces", "export", "4bf9", "--format", "pdf"],
            &["traces", "bottlenecks", "--folded", "--json"],
            &["traces", "open", "file", "--json", "--export", "otlp"],
        ] {
            let line = ["obs-cli"].iter().chain(arguments);
            assert!(Cli::try_parse_from(line).is_err(), "{arguments:?}");
        }
    }
}
