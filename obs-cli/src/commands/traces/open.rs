//! `traces open`: a file of traces, shown as a runtime's are, or written in another format.

use std::fs::File;
use std::io::{self, Read, Write};

use anyhow::{Context, Result, bail};
use obs_runtime::api::traces::{LEAST_DIGITS, Trace};
use obs_runtime::formats::otlp::{self, Opened, OpenedTrace};

use super::{export, list, now_unix_ns, show};
use crate::args::OpenArgs;
use crate::commands::Outcome;
use crate::opened;
use crate::text::printable;

/// Opens a file.
///
/// # Errors
///
/// The file cannot be read or holds no traces, none begins with the id, or the answer cannot be written.
pub(super) fn open(args: &OpenArgs, out: &mut dyn Write) -> Result<Outcome> {
    let name = args.file.display().to_string();
    let from: Box<dyn Read> = if name == "-" {
        Box::new(io::stdin().lock())
    } else {
        let file = File::open(&args.file);
        Box::new(file.with_context(|| format!("`{name}` cannot be read: name a file, or `-`"))?)
    };
    let read = otlp::read(from).with_context(|| format!("`{name}` cannot be opened"))?;
    let outcome = answer(args, &read, out)?;
    tell_faults(&name, &read);
    Ok(if read.faults.is_empty() {
        outcome
    } else {
        Outcome::Found
    })
}

fn answer(args: &OpenArgs, read: &Opened, out: &mut dyn Write) -> Result<Outcome> {
    let chosen: Vec<&OpenedTrace> = match &args.id {
        Some(id) => vec![by_id(id, &read.traces)?],
        None => read.traces.iter().collect(),
    };
    if let Some(format) = args.export {
        let mut file = Vec::new();
        opened::write(&chosen, format.into(), &mut file)?;
        export::put(&file, args.output.as_deref(), out)?;
        return Ok(Outcome::Fine);
    }
    let now = now_unix_ns();
    let wholes: Vec<Trace> = chosen
        .iter()
        .map(|chosen| opened::whole(&chosen.trace, now))
        .collect();
    match &wholes[..] {
        [whole] if args.json => {
            serde_json::to_writer(&mut *out, whole)?;
            writeln!(out)?;
        }
        [whole] => show::print(whole, out)?,
        wholes if args.json => {
            serde_json::to_writer(&mut *out, wholes)?;
            writeln!(out)?;
        }
        wholes => {
            for whole in wholes {
                list::line(&opened::summary(whole), out)?;
            }
            writeln!(
                out,
                "# {} traces; name one by its id to see it",
                wholes.len()
            )?;
        }
    }
    Ok(Outcome::Fine)
}

/// The trace whose id begins with these digits.
fn by_id<'a>(id: &str, traces: &'a [OpenedTrace]) -> Result<&'a OpenedTrace> {
    let wanted = id.to_ascii_lowercase();
    let matching: Vec<&OpenedTrace> = traces
        .iter()
        .filter(|opened| opened.trace.id.to_string().starts_with(&wanted))
        .collect();
    match matching[..] {
        _ if wanted.len() < LEAST_DIGITS => {
            bail!(
                "`{}` is too short: write at least {LEAST_DIGITS} digits of the id",
                printable(id)
            )
        }
        [trace] => Ok(trace),
        [] => bail!(
            "no trace of the file begins with `{}`: leave the id out for a list of them",
            printable(id)
        ),
        [first, second, ..] => bail!(
            "{} traces begin with `{}`, such as {} and {}: write more digits",
            matching.len(),
            printable(id),
            first.trace.id,
            second.trace.id
        ),
    }
}

/// What could not be read, on standard error: a line per fault.
fn tell_faults(name: &str, read: &Opened) {
    for fault in &read.faults {
        eprintln!(
            "obs-cli: {}: {}",
            printable(name),
            printable(&fault.to_string())
        );
    }
    if read.more_faults > 0 {
        eprintln!(
            "obs-cli: {}: and {} faults more",
            printable(name),
            read.more_faults
        );
    }
}
