//! obs: spans as its documentation writes them, and the runtime as a program has it, without a server.

use std::cell::Cell;
use std::hint::black_box;

use obs::{clock, instrumented, span};
use obs_runtime::Runtime;
use obs_runtime::evaluate::traces::Rates;

use super::{Resident, paced, poll_once, ten, under_roots};
use crate::case::Case;
use crate::entry::{Entry, Standing, repeat};
use crate::workload::Work;

pub(super) const NAME: &str = "obs";

pub(super) fn resident() -> Resident {
    clock::calibrate();
    let runtime = Runtime::builder()
        .no_server()
        .sample("bench.unsampled", 0.0)
        .without_spans("bench.off")
        // Peers drop what they collect: nothing is kept, all of it is worked out.
        .keep_traces(Rates {
            rare_per_minute: 0,
            baseline: 0.0,
            ..Rates::default()
        })
        .start()
        .expect("nothing else of this process collects");
    Resident {
        entries: entries(),
        settle: Box::new({
            let dropped = Cell::new(0);
            move || {
                let before = dropped.replace(settle(&runtime));
                dropped.get() - before
            }
        }),
    }
}

/// Waits until all that was recorded has been worked out; returns how many spans have been dropped.
fn settle(runtime: &Runtime) -> u64 {
    let traces = runtime.traces().expect("it collects");
    traces.look();
    let account = traces.accounting().expect("it is running");
    account.spans.ring_full + account.spans.no_ring
}

fn entries() -> Vec<Entry> {
    vec![
        obs(Case::Span, |iterations| {
            under_roots(iterations, |spans| {
                let _root = span!("bench.root");
                repeat(spans, |_| {
                    let _span = span!("bench.span");
                    black_box(());
                });
            });
        }),
        obs(Case::SpanChild, |iterations| {
            under_roots(iterations, |spans| {
                let _root = span!("bench.root");
                let _around = span!("bench.around");
                repeat(spans, |_| {
                    let _span = span!("bench.child");
                    black_box(());
                });
            });
        }),
        obs(Case::SpanRoot10, |iterations| {
            repeat(iterations, |_| root_10());
        }),
        obs(Case::SpanRoot10Cpu, paced(root_10)),
        obs(Case::SpanAsync, |iterations| {
            repeat(iterations, |_| {
                let _root = span!("bench.root");
                ten(|| poll_once(step()));
            });
        }),
        obs(Case::SpanUnsampled, |iterations| {
            under_roots(iterations, |spans| {
                let _root = span!("bench.unsampled");
                repeat(spans, |_| {
                    let _span = span!("bench.child");
                    black_box(());
                });
            });
        }),
        obs(Case::SpanOff, |iterations| {
            repeat(iterations, |_| {
                let _span = span!("bench.off");
                black_box(());
            });
        }),
        obs(Case::Instrumented, |iterations| {
            let mut work = Work::new();
            under_roots(iterations, |calls| {
                let _root = span!("bench.root");
                repeat(calls, |_| worked(&mut work));
            });
        }),
    ]
}

fn root_10() {
    let _root = span!("bench.root");
    ten(|| drop(black_box(span!("bench.child"))));
}

#[instrumented(span)]
async fn step() {}

#[instrumented(span)]
fn worked(work: &mut Work) {
    work.run();
}

fn obs(case: Case, run: impl Fn(u64) + Send + Sync + 'static) -> Entry {
    Entry::new(case, NAME, Standing::Obs, run)
}
