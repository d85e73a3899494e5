//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueEnum};

/// Runs a host of WebAssembly components over a directory tree and shows what obs sees of it.
///
/// Every file goes through the components file, hash, store and relay, while hoard, spin and flaky fail on schedule.
/// At the end the host compares its own books with obs's; it exits with 1 if they differ and with 2 if it cannot run.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Args {
    /// Log lines instead of the dashboard, even in a terminal
    #[arg(long)]
    pub(crate) headless: bool,

    /// Stop after this long, such as 20s, 1m30s or 500ms; without it the host runs until Ctrl-C
    #[arg(long = "for", value_name = "DURATION", value_parser = parse_duration)]
    pub(crate) run_for: Option<Duration>,

    /// Go on serving for this long when the work is over, so that a scraper sees the last figures
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub(crate) linger: Option<Duration>,

    /// Where to serve /metrics; port 0 picks a free one [default: 127.0.0.1:9464, or what obs.toml and OBS_LISTEN say]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,

    /// Where the components' storage and the traces live; made if missing
    #[arg(long, value_name = "DIR", default_value = "obs-data")]
    pub(crate) data_dir: PathBuf,

    /// The directory tree to work through, over and over
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) input: PathBuf,

    /// Files to take up per second; 0 means as many as the machine can do
    #[arg(long, value_name = "FILES", default_value_t = 500)]
    pub(crate) rate: u32,

    /// The form of the final report
    #[arg(long, value_enum, value_name = "FORM", default_value_t = Form::Text)]
    pub(crate) report: Form,
}

/// The form of the final report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// A table
    Text,
    /// One JSON object
    Json,
}

/// Reads durations such as `20s`, `1m30s` and `500ms`.
fn parse_duration(text: &str) -> Result<Duration, String> {
    let wrong = |what: &str| {
        format!("{what}; write a number and a unit (h, m, s or ms), such as 20s, 1m30s or 500ms")
    };
    let mut rest = text.trim();
    let mut total = Duration::ZERO;
    if rest.is_empty() {
        return Err(wrong("the duration is empty"));
    }
    while !rest.is_empty() {
        let (number, after) = split(rest, |c| c.is_ascii_digit());
        let (unit, after) = split(after, |c| c.is_alphabetic());
        let number: u64 = number
            .parse()
            .map_err(|_| wrong(&format!("`{rest}` does not start with a whole number")))?;
        let milliseconds: u64 = match unit {
            "h" => 3_600_000,
            "m" => 60_000,
            "s" => 1_000,
            "ms" => 1,
            "" => return Err(wrong(&format!("`{number}` has no unit"))),
            _ => return Err(wrong(&format!("`{unit}` is not a unit"))),
        };
        let part = number.checked_mul(milliseconds).map(Duration::from_millis);
        total = part
            .and_then(|part| total.checked_add(part))
            .ok_or_else(|| wrong("the duration is too long"))?;
        rest = after;
    }
    if total.is_zero() {
        return Err(wrong("the duration is zero"));
    }
    Ok(total)
}

/// Splits off the longest start whose characters all belong.
fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !belongs(c)).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_may_have_several_parts() {
        assert_eq!(parse_duration("20s"), Ok(Duration::from_secs(20)));
        assert_eq!(parse_duration("1m30s"), Ok(Duration::from_secs(90)));
        assert_eq!(parse_duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(parse_duration(" 2h "), Ok(Duration::from_secs(7_200)));
    }

    #[test]
    fn a_wrong_duration_is_explained() {
        for (text, says) in [
            ("", "empty"),
            ("20", "no unit"),
            ("s", "whole number"),
            ("1.5s", "no unit"),
            ("-3s", "whole number"),
            ("3 days", "no unit"),
            ("3d", "`d` is not a unit"),
            ("0s", "zero"),
            ("99999999999999999999s", "whole number"),
            ("9999999999999999999h", "too long"),
        ] {
            let error = parse_duration(text).expect_err(text);
            assert!(error.contains(says), "{text:?} gave: {error}");
            assert!(error.contains("such as 20s"), "{text:?} gave: {error}");
        }
    }

    #[test]
    fn the_defaults_are_those_of_the_readme() {
        let args = Args::try_parse_from(["component-host"]).expect("no argument is required");
        assert_eq!(args.listen, None);
        assert_eq!(args.data_dir, PathBuf::from("obs-data"));
        assert_eq!(args.input, PathBuf::from("."));
        assert_eq!(args.report, Form::Text);
        assert!(args.run_for.is_none() && !args.headless);
    }
}
