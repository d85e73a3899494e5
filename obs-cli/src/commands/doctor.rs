//! `doctor`: what became of every span, whether the sums hold, and what was lost.

use std::io::Write;

use anyhow::Result;
use obs_runtime::api::traces::{Accounting, ByPolicy, Identity, KindAccount};

use super::Outcome;
use crate::args::DoctorArgs;
use crate::client::Client;
use crate::format::{bytes, share};
use crate::text::printable;

/// Prints the accounting; something that was lost is found.
///
/// # Errors
///
/// The process cannot be asked, or the answer not be written.
pub(crate) fn doctor(args: &DoctorArgs, client: &Client, out: &mut dyn Write) -> Result<Outcome> {
    let accounting = client.accounting()?;
    if args.json {
        serde_json::to_writer(&mut *out, &accounting)?;
        writeln!(out)?;
    } else {
        print(&accounting, out)?;
    }
    Ok(if losses(&accounting).is_empty() {
        Outcome::Fine
    } else {
        Outcome::Found
    })
}

/// What was lost, and what to do about each.
fn losses(accounting: &Accounting) -> Vec<String> {
    let (spans, store) = (&accounting.spans, &accounting.store);
    let others = |of: fn(&KindAccount) -> u64| {
        let records = accounting.records.iter();
        let others = records.filter(|record| record.kind != "end");
        others.map(of).fold(0, u64::saturating_add)
    };
    let emitted = [
        spans.received,
        spans.ring_full,
        spans.no_ring,
        spans.in_rings,
    ];
    let received = [
        spans.kept,
        spans.discarded,
        spans.late,
        spans.over_limit,
        spans.pending,
    ];
    let mut losses: Vec<String> = [
        broken(&accounting.emitted, spans.emitted, &emitted, "emitted"),
        broken(&accounting.received, spans.received, &received, "received"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let counted = [
        (
            spans.ring_full,
            "spans dropped, a thread's ring was full: give threads larger rings, or record a share of roots",
        ),
        (
            spans.no_ring,
            "spans dropped, their thread had no ring: there were too many threads, or it was ending",
        ),
        (
            others(|record| record.ring_full.saturating_add(record.no_ring)),
            "other records dropped (events, attributes, links), for the same reasons",
        ),
        (
            spans.over_limit,
            "spans over the limit of one trace: record less in loops",
        ),
        (
            accounting.traces.over_limit,
            "traces cut short, there were too many under way: record a share of roots",
        ),
        (
            store.dropped_store_budget,
            "traces that did not go to disk, it could not keep up: keep fewer of them",
        ),
        (
            store.dropped_store_failed,
            "traces that did not go to disk, it refused them: look at the disk",
        ),
        (
            store.damaged_blocks,
            "damaged blocks of traces on disk: look at the disk",
        ),
    ];
    let counted = counted.into_iter().filter(|(count, _)| *count > 0);
    losses.extend(counted.map(|(count, what)| format!("{count:>9}  {what}")));
    losses
}

/// A sum that does not hold, whether the process has seen that or not.
fn broken(identity: &Identity, whole: u64, parts: &[u64], what: &str) -> Option<String> {
    let sum = parts.iter().copied().fold(0, u64::saturating_add);
    (!identity.holds || sum != whole).then(|| {
        format!(
            "the sum of what was {what} does not hold ({whole} is not {sum}): a fault of obs, please report it"
        )
    })
}

fn print(accounting: &Accounting, out: &mut dyn Write) -> Result<()> {
    let spans = &accounting.spans;
    writeln!(
        out,
        "emitted   {} {} received {} + dropped {} (ring full {}, no ring {}) + in rings {}",
        spans.emitted,
        sign(&accounting.emitted),
        spans.received,
        spans.ring_full.saturating_add(spans.no_ring),
        spans.ring_full,
        spans.no_ring,
        spans.in_rings
    )?;
    writeln!(
        out,
        "received  {} {} kept {} + discarded {} + late {} + over limit {} + pending {}",
        spans.received,
        sign(&accounting.received),
        spans.kept,
        spans.discarded,
        spans.late,
        spans.over_limit,
        spans.pending
    )?;
    writeln!(
        out,
        "\nrecords by kind: emitted, dropped with a full ring, without one"
    )?;
    for kind in &accounting.records {
        writeln!(
            out,
            "  {:<10} {:>12} {:>10} {:>10}",
            printable(&kind.kind),
            kind.emitted,
            kind.ring_full,
            kind.no_ring
        )?;
    }
    traces(accounting, out)?;
    store(accounting, out)?;
    let losses = losses(accounting);
    if losses.is_empty() {
        writeln!(out, "\nnothing was lost")?;
    } else {
        writeln!(out, "\nlost:")?;
        losses
            .iter()
            .try_for_each(|loss| writeln!(out, "  {loss}"))?;
    }
    Ok(())
}

fn traces(accounting: &Accounting, out: &mut dyn Write) -> Result<()> {
    let (traces, rings) = (&accounting.traces, &accounting.rings);
    writeln!(
        out,
        "\ntraces    {} complete, {} live, {} given up, {} over the limit, {} strays",
        traces.complete, traces.live, traces.given_up, traces.over_limit, traces.strays
    )?;
    for kept in &traces.kept {
        writeln!(
            out,
            "  kept by {:<9} {:>9}, standing for {:.0}",
            kept.policy, kept.traces, kept.stand_for
        )?;
    }
    let excess = &accounting.excess;
    if excess.errors > 0 || excess.slow > 0 {
        writeln!(
            out,
            "  not kept because there were too many at once: {} with errors, {} slow ones",
            excess.errors, excess.slow
        )?;
    }
    for sampled in &accounting.shares {
        writeln!(
            out,
            "  of roots {} a share of {} is recorded",
            printable(&sampled.names),
            share(sampled.share)
        )?;
    }
    for name in &accounting.without {
        writeln!(out, "  spans {} are switched off", printable(name))?;
    }
    writeln!(
        out,
        "rings     {}, {} of {} slots in use; the fullest is {} full",
        rings.rings,
        rings.slots_in_use,
        rings.slots,
        share(rings.fullest_permille as f64 / 1000.0)
    )?;
    Ok(())
}

fn store(accounting: &Accounting, out: &mut dyn Write) -> Result<()> {
    let store = &accounting.store;
    let size = |bytes_: u64| bytes(bytes_ as f64);
    writeln!(
        out,
        "memory    {} of {}{}",
        size(store.memory_bytes),
        size(store.memory_limit_bytes),
        evicted("left to make room", &store.evicted_from_memory)
    )?;
    if !store.durable {
        writeln!(out, "disk      none: traces are in memory alone")?;
        return Ok(());
    }
    writeln!(
        out,
        "disk      {} of {}, {} blocks, {} traces stored; {} wait ({}){}{}",
        size(store.disk_bytes),
        size(store.disk_limit_bytes),
        store.blocks,
        store.stored,
        store.waiting,
        size(store.waiting_bytes),
        evicted("left to make room", &store.evicted_from_disk),
        evicted("too old", &store.expired)
    )?;
    Ok(())
}

fn evicted(why: &str, traces: &[ByPolicy]) -> String {
    let all: u64 = traces.iter().map(|of| of.traces).sum();
    if all == 0 {
        return String::new();
    }
    let by: Vec<String> = traces
        .iter()
        .filter(|of| of.traces > 0)
        .map(|of| format!("{} {}", of.policy, of.traces))
        .collect();
    format!("; {why}: {}", by.join(", "))
}

fn sign(identity: &Identity) -> &'static str {
    if identity.holds { "=" } else { "IS NOT" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixture::traces::accounting;

    fn printed(accounting: &Accounting) -> String {
        let mut out = Vec::new();
        print(accounting, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn sums_drops_rings_and_store_are_told() {
        insta::assert_snapshot!(printed(&accounting()));
    }

    #[test]
    fn what_is_lost_is_found_and_nothing_else() {
        let mut accounting = accounting();
        let spans = &mut accounting.spans;
        spans.emitted -= spans.ring_full + spans.no_ring;
        spans.discarded += spans.over_limit;
        (spans.ring_full, spans.no_ring, spans.over_limit) = (0, 0, 0);
        for record in &mut accounting.records {
            (record.ring_full, record.no_ring) = (0, 0);
        }
        (accounting.emitted.holds, accounting.received.holds) = (true, true);
        accounting.store.damaged_blocks = 0;
        assert_eq!(losses(&accounting), [""; 0]);
        assert!(printed(&accounting).ends_with("nothing was lost\n"));
        accounting.traces.over_limit = 2;
        assert_eq!(losses(&accounting).len(), 1, "what was cut short was lost");
        accounting.traces.over_limit = 0;
        accounting.spans.pending += 1;
        let losses = losses(&accounting);
        assert!(losses.len() == 1 && losses[0].contains("does not hold"));
    }
}
