//! A span between its start and its end: what is known of it, and the records that it makes.

use super::context::{self, Context};
use super::group;
use super::local::Local;
use super::site::{ALL, Site};
use super::status::{Edge, Kind, Status};
use super::w3c;
use crate::clock::Stopwatch;
use crate::record::frame::{Facts, Frame};
use crate::record::hot;
use crate::record::ring::Words;

/// Where a span comes from.
#[derive(Debug, Clone, Copy)]
pub enum Origin {
    /// What the thread is in; the root of a trace where that is nothing.
    Here,
    /// A new trace, whatever the thread is in.
    Root,
    /// A span that it is a part of, or that it follows from.
    Of(Context, Edge),
}

impl Origin {
    /// The same where the parent does not wait.
    pub fn detached(self) -> Origin {
        match self {
            Origin::Of(parent, _) => Origin::Of(parent, Edge::Detached),
            other => other,
        }
    }
}

/// A span between its start and its end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Running {
    pub(crate) context: Context,
    parent: u64,
    pub(crate) watch: Stopwatch,
    /// The first word of its records: flags, its status among them, and the number of its site, 0 if it is not recorded.
    first: u64,
}

/// Where that word is among the facts of a span, its marks, and its clock.
pub(crate) const FIRST: usize = 5;
pub(crate) const MARKS: usize = 6;
pub(crate) const CLOCK: usize = 7;

/// Where flags are in the first word of a record.
pub(crate) const FLAGS_SHIFT: u32 = 16;

/// What is known of the polls of a span, in readings of its clock.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Polls {
    pub(crate) busy: u64,
    pub(crate) count: u64,
    pub(crate) longest: u64,
}

impl Running {
    /// Starts a span of what the thread is in, which is recorded or nothing: at that reading of a clock, or now. Whoever takes it elsewhere
    /// says so ([`Local::hand_out`]).
    #[inline(always)]
    pub(crate) fn here(
        site: &'static Site,
        number: u32,
        at: Option<Stopwatch>,
        local: &Local,
    ) -> Running {
        let here = local.here();
        if local.is_in_recorded() {
            Running::child(site, number, here, 0, at, local)
        } else {
            // In a span of another process, which somebody has entered, or in none. Number by number: what is a child need not be in
            // memory for it.
            Running::from_facts(Running::root(site, number, here, at, local).facts())
        }
    }

    /// The first word of records with this status; that of a span which is not recorded says nothing, whatever it is.
    #[inline(always)]
    pub(crate) fn first_with(first: u64, status: Status) -> u64 {
        let status = (status as u32) << group::STATUS_SHIFT;
        changed(first, 7 << group::STATUS_SHIFT, status)
    }

    /// Starts a span of that origin: at that reading of a clock, or now.
    #[inline(never)]
    pub(crate) fn of(
        site: &'static Site,
        origin: Origin,
        at: Option<Stopwatch>,
        local: &Local,
    ) -> Option<Running> {
        let (parent, edge) = match origin {
            Origin::Here => (local.context(), Edge::Call),
            Origin::Root => (Context::NONE, Edge::Call),
            Origin::Of(parent, edge) => (parent, edge),
        };
        let number = site.number()?;
        let edge = (edge as u32) << group::EDGE_SHIFT;
        if parent.flags() & context::UNRECORDED != 0 {
            // Entered all the same, so that what is inside belongs to that trace.
            return Some(Running::unrecorded(parent, at, local));
        }
        if parent.flags() & context::RECORDED == 0 {
            return Some(Running::root(site, number, Context::NONE, at, local));
        }
        if parent.flags() & context::REMOTE != 0 {
            return Some(Running::root(site, number, parent, at, local).hanging(edge));
        }
        Some(Running::child(site, number, parent, edge, at, local))
    }

    /// A span that began then, of a context.
    pub(crate) fn since(
        watch: Stopwatch,
        parent: Context,
        site: u32,
        edge: Edge,
        flags: u32,
        local: &Local,
    ) -> Running {
        let flags = clock(&watch) | flags | (edge as u32) << group::EDGE_SHIFT;
        Running {
            context: Context {
                trace: parent.trace,
                span: local.next_id(),
                // Nothing is inside it that would send a `tracestate` along.
                marks: marks(parent.flags() & !context::STATE),
            },
            parent: parent.span,
            watch,
            first: group::first(group::END, flags, site),
        }
    }

    #[inline(always)]
    fn child(
        site: &'static Site,
        number: u32,
        parent: Context,
        edge: u32,
        at: Option<Stopwatch>,
        local: &Local,
    ) -> Running {
        let watch = at.unwrap_or_else(Stopwatch::start);
        Running {
            context: Context {
                trace: parent.trace,
                span: local.next_id(),
                marks: marks(parent.flags()),
            },
            parent: parent.span,
            watch,
            first: group::first(group::END, flags_of(site, &watch) | edge, number),
        }
    }

    /// Starts a trace, or the part of one in this process.
    #[inline(never)]
    fn root(
        site: &'static Site,
        number: u32,
        remote: Context,
        at: Option<Stopwatch>,
        local: &Local,
    ) -> Running {
        let is_remote = remote.flags() & context::REMOTE != 0;
        let trace = if is_remote {
            remote.trace
        } else {
            local.new_trace()
        };
        let share = site.share();
        // What a trace's id ends in decides: every process that sees the trace decides alike.
        if !is_remote && share != ALL && trace[1] as u32 >= share {
            let unrecorded = Context {
                trace,
                ..Context::NONE
            };
            return Running::unrecorded(unrecorded, at, local);
        }
        let watch = at.unwrap_or_else(Stopwatch::start);
        let mut flags = flags_of(site, &watch) | group::ROOT;
        if is_remote {
            flags |= group::REMOTE;
        }
        let kept = context::RECORDED | remote.flags() & context::STATE;
        let random = if is_remote {
            remote.flags() & context::RANDOM
        } else {
            context::RANDOM
        };
        let mut running = Running {
            context: Context {
                trace,
                span: local.next_id(),
                marks: marks(kept | random),
            },
            parent: remote.span,
            watch,
            first: group::first(group::END, flags, number),
        };
        running.tell_start(if is_remote { ALL } else { share }, local);
        if kept & context::STATE != 0 {
            w3c::hold(&running.context);
            w3c::record_state(&running.context);
        }
        running
    }

    /// A span that is not recorded, nor what is inside it.
    fn unrecorded(of: Context, at: Option<Stopwatch>, local: &Local) -> Running {
        let keep = context::STATE | context::RANDOM;
        if of.flags() & context::STATE != 0 {
            w3c::hold(&of);
        }
        Running {
            context: Context {
                trace: of.trace,
                span: local.next_id(),
                marks: u64::from(context::UNRECORDED | of.flags() & keep),
            },
            parent: 0,
            watch: at.unwrap_or_else(Stopwatch::start),
            first: 0,
        }
    }

    /// Whether it is recorded.
    #[inline(always)]
    pub(crate) fn is_recorded(&self) -> bool {
        self.first != 0
    }

    /// Whether the span that a frame keeps is recorded.
    #[inline(always)]
    pub(crate) fn is_recorded_in(frame: &Frame) -> bool {
        frame.fact(FIRST) != 0
    }

    /// The number of its site.
    pub(crate) fn site(&self) -> u32 {
        (self.first >> 32) as u32
    }

    /// The same; it has panicked where its thread unwinds, and did not when it began.
    #[inline(always)]
    pub(crate) fn left_by_unwinding(mut self) -> Running {
        if std::thread::panicking() && self.flags() & group::UNWINDING == 0 {
            self.set_status(Status::Panicked);
        }
        self
    }

    /// The number of the span that it is a part of; 0 for none.
    #[inline(always)]
    pub(crate) fn parent(&self) -> u64 {
        self.parent
    }

    /// Whether its trace begins with it, in this process at least.
    pub(crate) fn is_root(&self) -> bool {
        self.flags() & group::ROOT != 0
    }

    /// Whether the whole of its trace begins with it.
    pub(crate) fn is_local_root(&self) -> bool {
        self.flags() & (group::ROOT | group::REMOTE) == group::ROOT
    }

    /// What others see of it while it is open, and its thread keeps.
    #[inline(always)]
    pub(crate) fn facts(&self) -> Facts {
        let Context { trace, span, marks } = self.context;
        let (start, scale) = self.watch.parts();
        [
            span,
            trace[0],
            trace[1],
            self.parent,
            start,
            self.first,
            marks,
            scale,
        ]
    }

    /// The span of which these are the facts.
    #[inline(always)]
    pub(crate) fn from_facts(facts: Facts) -> Running {
        let [span, high, low, parent, start, first, marks, scale] = facts;
        Running {
            context: Context {
                trace: [high, low],
                span,
                marks,
            },
            parent,
            watch: Stopwatch::from_parts(start, scale),
            first,
        }
    }

    /// Says how it goes, as its end will.
    #[inline]
    pub(crate) fn set_status(&mut self, status: Status) {
        self.first = Running::first_with(self.first, status);
    }

    /// Says what it is to others, whatever its site says.
    pub(crate) fn set_kind(&mut self, kind: Kind) {
        let kind = (kind as u32) << group::KIND_SHIFT;
        self.first = changed(self.first, 7 << group::KIND_SHIFT, kind);
    }

    /// Says of which site its end is.
    pub(crate) fn set_site(&mut self, number: u32) {
        if self.is_recorded() {
            self.first = self.first & u64::from(u32::MAX) | u64::from(number) << 32;
        }
    }

    /// Whether it said that it has started.
    pub(crate) fn told_start(&self) -> bool {
        self.flags() & group::STARTED != 0
    }

    fn hanging(mut self, edge: u32) -> Running {
        self.first = changed(self.first, 0, edge);
        self
    }

    /// The same with this status.
    pub(crate) fn with(mut self, status: Status) -> Running {
        self.set_status(status);
        self
    }

    pub(crate) fn status(&self) -> Status {
        Status::numbered(self.flags() >> group::STATUS_SHIFT & 7)
    }

    #[inline(always)]
    fn flags(&self) -> u32 {
        (self.first >> FLAGS_SHIFT) as u32 & 0xffff
    }

    /// Says that it has started, for spans that others want to see before they end.
    pub(crate) fn tell_start(&mut self, share: u32, local: &Local) {
        if self.is_recorded() {
            self.first |= u64::from(group::STARTED) << FLAGS_SHIFT;
            let words = self.words(group::START, u64::from(share));
            local.record_slot(words, self.is_root(), self.watch.reading());
        }
    }

    /// Whether the `tracestate` that the trace came with is carried until it ends.
    #[inline(always)]
    fn carries_state(&self) -> bool {
        let is_first = self.flags() & group::REMOTE != 0 || !self.is_recorded();
        self.context.flags() & context::STATE != 0 && is_first
    }

    /// Ends it now.
    #[inline(always)]
    pub(crate) fn end(&self, local: &Local) {
        self.end_at(self.watch.read_again(), local);
    }

    /// Ends it at that reading.
    #[inline(always)]
    pub(crate) fn end_at(&self, end: u64, local: &Local) {
        if self.is_recorded() {
            local.record_slot(self.words(group::END, end), self.matters(), end);
        }
        self.give_back_state();
    }

    /// It carries the `tracestate` of its trace no more.
    #[inline(always)]
    pub(crate) fn give_back_state(&self) {
        if self.carries_state() {
            let [high, low] = self.context.trace;
            w3c::forget(high, low);
        }
    }

    /// Ends a span that is polled, at that reading.
    pub(crate) fn end_polled(&mut self, end: u64, polls: Polls, local: &Local) {
        if self.is_recorded() {
            self.first |= u64::from(group::ASYNC) << FLAGS_SHIFT;
            let words = self.words(group::END, end);
            if polls.count == 1 && polls.busy == end.saturating_sub(self.watch.reading()) {
                local.record_slot(words, self.matters(), end);
            } else {
                self.record_polls(words, polls, end, local);
            }
        }
        self.give_back_state();
    }

    #[inline(never)]
    fn record_polls(&self, mut words: Words, polls: Polls, end: u64, local: &Local) {
        words[0] += 1 << 8;
        let Polls {
            busy,
            count,
            longest,
        } = polls;
        let second = [busy, count, longest, 0, 0, 0, 0, 0];
        local.record(&[words, second], self.matters(), end);
    }

    /// Errors and roots get the last room there is.
    #[inline(always)]
    fn matters(&self) -> bool {
        const FAILED: u32 = 2 << group::STATUS_SHIFT;
        self.flags() & (group::ROOT | FAILED) != 0
    }

    #[inline(always)]
    fn words(&self, kind: u64, end: u64) -> Words {
        let Context { trace, span, marks } = self.context;
        [
            self.first | kind,
            trace[0],
            trace[1],
            span,
            self.parent,
            self.watch.reading(),
            end,
            marks >> 32,
        ]
    }
}

/// A first word with other flags in place of those of the mask.
#[inline(always)]
fn changed(first: u64, mask: u32, flags: u32) -> u64 {
    if first == 0 {
        return 0;
    }
    first & !(u64::from(mask) << FLAGS_SHIFT) | u64::from(flags) << FLAGS_SHIFT
}

#[inline(always)]
fn clock(watch: &Stopwatch) -> u32 {
    if watch.is_monotonic() {
        group::MONOTONIC
    } else {
        0
    }
}

/// The first word of the records of a span whose clock is the counter, and whose thread does not unwind.
#[inline(always)]
pub(crate) fn first_of(site: &'static Site, number: u32) -> u64 {
    group::first(group::END, flag_of_kind(site), number)
}

#[inline(always)]
fn flag_of_kind(site: &'static Site) -> u32 {
    (site.description().kind as u32) << group::KIND_SHIFT
}

#[inline(always)]
fn flags_of(site: &'static Site, watch: &Stopwatch) -> u32 {
    let unwinding = if std::thread::panicking() {
        group::UNWINDING
    } else {
        0
    };
    clock(watch) | unwinding | flag_of_kind(site)
}

/// Flags, and the component that the thread is in, as records hold it: the lowest 24 bits of its index and 8 of its life's
/// number.
#[inline(always)]
pub(crate) fn marks(flags: u32) -> u64 {
    let component = hot::lane(|lane| lane.component());
    let of_life = (component >> 32 & 0xff) << 24;
    u64::from(flags) | (component & 0x00ff_ffff | of_life) << 32
}
