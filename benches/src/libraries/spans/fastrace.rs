//! `fastrace` with a reporter that drops what it gets: local spans, its cheapest, below a root of the thread's own.

use fastrace::collector::{Config, Reporter, SpanContext, SpanRecord};
use fastrace::local::{LocalParentGuard, LocalSpan};
use fastrace::{Span, trace};

use super::{Resident, paced, poll_once, ten, under_roots};
use crate::case::Case;
use crate::entry::{Entry, repeat};
use crate::workload::Work;

pub(super) const NAME: &str = "fastrace";

struct Dropping;

impl Reporter for Dropping {
    fn report(&mut self, _: Vec<SpanRecord>) {}
}

pub(super) fn resident() -> Resident {
    fastrace::set_reporter(Dropping, Config::default());
    let entries = vec![
        Entry::peer(Case::Span, NAME, |iterations| {
            under_roots(iterations, |spans| {
                let _root = root(true);
                repeat(spans, |_| span());
            });
        }),
        Entry::peer(Case::SpanChild, NAME, |iterations| {
            under_roots(iterations, |spans| {
                let _root = root(true);
                let _parent = LocalSpan::enter_with_local_parent("parent");
                repeat(spans, |_| span());
            });
        }),
        Entry::peer(Case::SpanRoot10, NAME, |iterations| {
            repeat(iterations, |_| root_10());
        }),
        Entry::peer(Case::SpanAsync, NAME, |iterations| {
            repeat(iterations, |_| {
                let _root = root(true);
                ten(|| poll_once(step()));
            });
        }),
        Entry::peer(Case::SpanUnsampled, NAME, |iterations| {
            under_roots(iterations, |spans| {
                let _root = root(false);
                repeat(spans, |_| span());
            });
        }),
        // What has no root is not recorded; it has no other switch.
        Entry::peer(Case::SpanOff, NAME, |iterations| {
            repeat(iterations, |_| span());
        }),
        Entry::peer(Case::Instrumented, NAME, |iterations| {
            let mut work = Work::new();
            under_roots(iterations, |spans| {
                let _root = root(true);
                repeat(spans, |_| instrumented(&mut work));
            });
        }),
        Entry::peer(Case::SpanRoot10Cpu, NAME, paced(root_10)),
    ];
    Resident {
        entries,
        settle: Box::new(|| {
            fastrace::flush();
            0
        }),
    }
}

/// Fields in the order in which they are left.
struct Root {
    _local: LocalParentGuard,
    _span: Span,
}

#[inline(always)]
fn root(sampled: bool) -> Root {
    let span = Span::root("root", SpanContext::random().sampled(sampled));
    Root {
        _local: span.set_local_parent(),
        _span: span,
    }
}

#[inline(always)]
fn span() {
    let _span = LocalSpan::enter_with_local_parent("span");
}

fn root_10() {
    let _root = root(true);
    ten(span);
}

#[trace]
async fn step() {}

#[trace]
fn instrumented(work: &mut Work) {
    work.run();
}
