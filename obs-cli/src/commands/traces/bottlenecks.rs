//! `traces bottlenecks`: in which operations the time of all traces goes, and why slow ones are slow.

use std::io::Write;

use anyhow::Result;
use obs_runtime::api::traces::{Bottlenecks, CallPath, Critical, Hotspot, Operation, Root};

use crate::args::BottlenecksArgs;
use crate::client::Client;
use crate::commands::Outcome;
use crate::format::{nanoseconds, rate, seconds, share};
use crate::spans;
use crate::text::printable;

/// Prints where the time goes.
///
/// # Errors
///
/// The process cannot be asked, or the answer not be written.
pub(super) fn bottlenecks(
    args: &BottlenecksArgs,
    client: &Client,
    out: &mut dyn Write,
) -> Result<Outcome> {
    let root = args.root.as_deref();
    if args.folded {
        let stacks = client.folded(root)?;
        out.write_all(&stacks)?;
        return Ok(Outcome::of_matches(stacks.len()));
    }
    let bottlenecks = client.bottlenecks(root, args.limit as usize)?;
    if args.json {
        serde_json::to_writer(&mut *out, &bottlenecks)?;
        writeln!(out)?;
    } else {
        print(&bottlenecks, out)?;
    }
    Ok(Outcome::of_matches(bottlenecks.operations.len()))
}

fn print(bottlenecks: &Bottlenecks, out: &mut dyn Write) -> Result<()> {
    let of = match &bottlenecks.root {
        Some(root) => format!(" of {}", printable(root)),
        None => String::new(),
    };
    writeln!(
        out,
        "{} traces{of} in the last {}, {} together: {}",
        bottlenecks.traces,
        nanoseconds(bottlenecks.window_ns),
        nanoseconds(bottlenecks.duration_ns),
        spans::classes(&bottlenecks.by_class)
    )?;
    if bottlenecks.roots.len() > 1 {
        writeln!(out, "\nroots, by the time of their traces")?;
        bottlenecks.roots.iter().try_for_each(|of| root(of, out))?;
    }
    writeln!(
        out,
        "\noperations, by their own time on critical paths: per trace, share of all"
    )?;
    for hotspot in &bottlenecks.operations {
        operation(hotspot, out)?;
    }
    writeln!(out, "\ncall paths, likewise")?;
    bottlenecks.paths.iter().try_for_each(|of| path(of, out))?;
    for root in bottlenecks
        .roots
        .iter()
        .filter(|root| !root.differences.is_empty())
    {
        why(root, out)?;
    }
    let left_out = bottlenecks
        .operations_in_all
        .saturating_sub(bottlenecks.operations.len() as u64);
    if left_out > 0 {
        writeln!(out, "# {left_out} operations more: raise --limit")?;
    }
    Ok(())
}

fn root(root: &Root, out: &mut dyn Write) -> Result<()> {
    write!(
        out,
        "{:>7}  {} traces  {}",
        share(root.share),
        root.traces,
        name(&root.operation)
    )?;
    if let Some(figures) = &root.figures {
        write!(
            out,
            "  [p50 {}, p99 {}, {} errors]",
            nanoseconds(figures.p50_ns),
            nanoseconds(figures.p99_ns),
            share(figures.error_ratio)
        )?;
    }
    writeln!(out)?;
    Ok(())
}

fn operation(hotspot: &Hotspot, out: &mut dyn Write) -> Result<()> {
    let critical = &hotspot.critical;
    write!(
        out,
        "{}  {}  [{}",
        weight(critical),
        name(&hotspot.operation),
        spans::classes(&critical.by_class)
    )?;
    if let Some(figures) = &hotspot.figures {
        write!(
            out,
            "; {}/s, p50 {}, p90 {}, p99 {}, {} errors",
            rate(figures.rate_per_second),
            nanoseconds(figures.p50_ns),
            nanoseconds(figures.p90_ns),
            nanoseconds(figures.p99_ns),
            share(figures.error_ratio)
        )?;
    }
    writeln!(out, "]{}", look_at(critical))?;
    Ok(())
}

fn path(path: &CallPath, out: &mut dyn Write) -> Result<()> {
    writeln!(
        out,
        "{}  {}{}",
        weight(&path.critical),
        names(&path.path),
        look_at(&path.critical)
    )?;
    Ok(())
}

/// Why slow traces of a root are slow.
fn why(root: &Root, out: &mut dyn Write) -> Result<()> {
    writeln!(
        out,
        "\nwhy slow traces of {} are slow: {} on average ({} traces), those of the middle {} ({})",
        name(&root.operation),
        nanoseconds(root.slow_mean_ns),
        root.slow_traces,
        nanoseconds(root.middle_mean_ns),
        root.middle_traces
    )?;
    for difference in &root.differences {
        writeln!(
            out,
            "{:>9}  {}  [{} instead of {}, {:.1} spans instead of {:.1}]",
            format!("+{}", of_float(difference.more_ns)),
            names(&difference.path),
            of_float(difference.slow_ns),
            of_float(difference.middle_ns),
            difference.slow_occurrences,
            difference.middle_occurrences
        )?;
    }
    Ok(())
}

fn weight(critical: &Critical) -> String {
    format!(
        "{:>9} {:>7}",
        of_float(critical.own_ns_per_trace),
        share(critical.share)
    )
}

fn look_at(critical: &Critical) -> String {
    match critical.exemplars.first() {
        Some(exemplar) => format!("  see {}", printable(&exemplar.trace)),
        None => String::new(),
    }
}

fn of_float(ns: f64) -> String {
    seconds(ns / 1e9)
}

fn name(operation: &Operation) -> String {
    spans::operation(&operation.operation, operation.component.as_deref())
}

fn names(path: &[Operation]) -> String {
    path.iter().map(name).collect::<Vec<_>>().join(" > ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixture::traces as fixture;

    #[test]
    fn operations_paths_and_differences_are_told() {
        let mut out = Vec::new();
        print(&fixture::bottlenecks(), &mut out).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap());
    }
}
