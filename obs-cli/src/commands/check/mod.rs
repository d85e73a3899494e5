//! `check metrics`: faults of an exposition, each with its line and what to do about it.
//!
//! *In:* a URL, a file or standard input. *Out:* findings. *Loss:* of faults that repeat line after line all are told.

/// The parts of a line.
mod reader;

/// One line of an exposition.
mod line;

/// A fault and its line.
mod finding;

/// Which samples a family of some type may have.
mod types;

/// Names that tell the wrong thing, or nothing.
mod naming;

/// Families: whether their parts stand together and are all there.
mod family;

/// Histograms and summaries: whether their numbers can be true.
mod shape;

/// An exposition as a whole.
mod exposition;

use std::io::{Read, Write};

use anyhow::{Context, Result};
use serde_json::json;

use super::Outcome;
use crate::args::{CheckMetricsArgs, FormatName};
use crate::client;
use crate::text::printable;
use finding::Finding;

/// What is asked for, and what Prometheus calls it.
const FORMATS: [(FormatName, &str); 2] = [
    (FormatName::Text, "text/plain;version=0.0.4"),
    (
        FormatName::OpenMetrics,
        "application/openmetrics-text;version=1.0.0",
    ),
];

/// Something to check.
struct Input {
    /// Where it comes from, as findings name it.
    name: String,
    body: Vec<u8>,
    format: FormatName,
}

/// Checks an exposition and prints what is wrong with it.
///
/// # Errors
///
/// It cannot be read, or the findings not be written.
pub(crate) fn check_metrics(
    args: &CheckMetricsArgs,
    url: &str,
    out: &mut dyn Write,
) -> Result<Outcome> {
    let source = match &args.source {
        Some(source) => source.clone(),
        None => format!("{}/metrics", client::base(url)?),
    };
    let source = source.as_str();
    let inputs = if source == "-" {
        let mut body = Vec::new();
        std::io::stdin()
            .read_to_end(&mut body)
            .context("standard input cannot be read")?;
        vec![of_bytes("standard input", body, args.format)]
    } else if source.starts_with("http://") || source.starts_with("https://") {
        of_url(source, args.format)?
    } else {
        let body = std::fs::read(source).with_context(|| {
            format!(
                "`{source}` cannot be read: name a file, `-`, or a URL that begins with http://"
            )
        })?;
        vec![of_bytes(source, body, args.format)]
    };
    report(&inputs, args.json, out)
}

fn of_bytes(name: &str, body: Vec<u8>, format: Option<FormatName>) -> Input {
    let format = format.unwrap_or_else(|| guessed(&body));
    Input {
        name: name.to_owned(),
        body,
        format,
    }
}

fn guessed(body: &[u8]) -> FormatName {
    if body.trim_ascii_end().ends_with(b"\n# EOF") || body.trim_ascii() == b"# EOF" {
        FormatName::OpenMetrics
    } else {
        FormatName::Text
    }
}

/// Asks for every format, or for the one that was named; a server that knows one alone is checked once.
fn of_url(url: &str, wanted: Option<FormatName>) -> Result<Vec<Input>> {
    let mut inputs: Vec<Input> = Vec::new();
    for (format, accept) in FORMATS {
        if wanted.is_some_and(|wanted| wanted != format) {
            continue;
        }
        let answer = client::exposition(url, accept)?;
        let told = if answer.content_type.contains("openmetrics") {
            FormatName::OpenMetrics
        } else {
            FormatName::Text
        };
        if inputs.iter().all(|input| input.format != told) {
            inputs.push(Input {
                name: url.to_owned(),
                body: answer.body,
                format: told,
            });
        }
    }
    Ok(inputs)
}

fn report(inputs: &[Input], json: bool, out: &mut dyn Write) -> Result<Outcome> {
    let checked: Vec<(&Input, Vec<Finding>)> = inputs
        .iter()
        .map(|input| (input, exposition::check(&input.body, input.format)))
        .collect();
    let found: usize = checked.iter().map(|(_, findings)| findings.len()).sum();
    if json {
        let checked: Vec<_> = checked
            .iter()
            .map(|(input, findings)| {
                json!({
                    "source": input.name,
                    "format": format_name(input.format),
                    "findings": findings.iter().map(Finding::json).collect::<Vec<_>>(),
                })
            })
            .collect();
        serde_json::to_writer(&mut *out, &json!({ "checked": checked }))?;
        writeln!(out)?;
    } else {
        for (input, findings) in &checked {
            for finding in findings {
                writeln!(
                    out,
                    "{}:{}: {}",
                    printable(&input.name),
                    finding.line,
                    printable(&finding.to_string())
                )?;
            }
            let (name, format) = (printable(&input.name), format_name(input.format));
            match findings.len() {
                0 => writeln!(out, "{name}: nothing is wrong ({format})")?,
                1 => writeln!(out, "{name}: 1 finding ({format})")?,
                count => writeln!(out, "{name}: {count} findings ({format})")?,
            }
        }
    }
    Ok(if found == 0 {
        Outcome::Fine
    } else {
        Outcome::Found
    })
}

fn format_name(format: FormatName) -> &'static str {
    match format {
        FormatName::Text => "text",
        FormatName::OpenMetrics => "openmetrics",
    }
}

#[cfg(test)]
mod tests;
