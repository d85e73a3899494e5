//! `traces open`: a file of traces, shown as a runtime's are, or written in another format.

use std::fs::File;
use std::io::{self, Read, Write};

use anyhow::{Context, Result, bail};
use obs_runtime::answer::traces::{Exported, summary, whole, write};
use obs_runtime::api::traces::{LEAST_DIGITS, Trace};
use obs_runtime::formats::otlp::{self, Fault, OpenedTrace};
use obs_runtime::query::traces::Summary;

use super::{export, list, now_unix_ns, show};
use crate::args::OpenArgs;
use crate::commands::Outcome;
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
    answer(args, read.traces, out)?;
    tell_faults(&name, &read.faults, read.more_faults);
    Ok(match read.faults[..] {
        [] => Outcome::Fine,
        _ => Outcome::Found,
    })
}

fn answer(args: &OpenArgs, traces: Vec<OpenedTrace>, out: &mut dyn Write) -> Result<()> {
    let chosen = match &args.id {
        Some(id) => vec![by_id(id, traces)?],
        None => traces,
    };
    if let Some(format) = args.export {
        let exported: Vec<Exported<'_>> = chosen.iter().map(exported).collect();
        let mut file = Vec::new();
        write(&mut file, format.into(), &exported)?;
        return export::put(&file, args.output.as_deref(), out);
    }
    if chosen.len() > 1 && !args.json {
        return list(&chosen, out);
    }
    let now = now_unix_ns();
    let wholes: Vec<Trace> = chosen
        .into_iter()
        .map(|chosen| whole(&chosen.trace.into(), None, now))
        .collect();
    match &wholes[..] {
        [whole] if !args.json => return show::print(whole, out),
        [whole] => serde_json::to_writer(&mut *out, whole)?,
        wholes => serde_json::to_writer(&mut *out, wholes)?,
    }
    writeln!(out)?;
    Ok(())
}

/// The path of a trace of a file is that of its root.
fn exported(of: &OpenedTrace) -> Exported<'_> {
    Exported {
        trace: &of.trace,
        service: &of.service,
        root: None,
    }
}

/// A line of each trace, as a process lists them.
fn list(traces: &[OpenedTrace], out: &mut dyn Write) -> Result<()> {
    for opened in traces {
        if let Some(of) = Summary::of(&opened.trace) {
            list::line(&summary(of), out)?;
        }
    }
    let count = traces.len();
    writeln!(out, "# {count} traces; name one by its id to see it")?;
    Ok(())
}

/// The trace whose id begins with these digits.
fn by_id(id: &str, mut traces: Vec<OpenedTrace>) -> Result<OpenedTrace> {
    if id.len() < LEAST_DIGITS {
        bail!(
            "`{}` is too short: write at least {LEAST_DIGITS} digits of the id",
            printable(id)
        );
    }
    let wanted = id.to_ascii_lowercase();
    traces.retain(|opened| opened.trace.id.to_string().starts_with(&wanted));
    match &traces[..] {
        [_] => Ok(traces.remove(0)),
        [] => bail!(
            "no trace of the file begins with `{}`: leave the id out for a list of them",
            printable(id)
        ),
        [first, second, ..] => bail!(
            "{} traces begin with `{}`, such as {} and {}: write more digits",
            traces.len(),
            printable(id),
            first.trace.id,
            second.trace.id
        ),
    }
}

/// What could not be read, on standard error: a line per fault.
fn tell_faults(name: &str, faults: &[Fault], more: u64) {
    for fault in faults {
        eprintln!(
            "obs-cli: {}: {}",
            printable(name),
            printable(&fault.to_string())
        );
    }
    if more > 0 {
        eprintln!("obs-cli: {}: and {more} faults more", printable(name));
    }
}
