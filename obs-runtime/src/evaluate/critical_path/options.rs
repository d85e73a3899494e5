//! How a path is found.

/// What becomes of a child that outlives its parent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Policy {
    /// The parent did not wait for it: for spans of one process, whose clock is one.
    #[default]
    Detach,
    /// It is cut at the end of its parent, as other viewers do: for traces that were read from files.
    Clamp,
}

/// How a path is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// What becomes of a child that outlives its parent. Default: [`Policy::Detach`].
    pub policy: Policy,
    /// By how much a child may end after its parent without outliving it, since guards are dropped in some order, and
    /// [`late_per_mille`](Options::late_per_mille) comes on top. More: children that run on count as waited for. Less: guards
    /// that are dropped late count as detached work. Default: 1 µs.
    pub late_ns: u64,
    /// The same in thousandths of the parent's time. Default: 1.
    pub late_per_mille: u32,
    /// By how much a child may still run when the next one begins, and come before it all the same; it is cut there. More:
    /// clocks of several machines may differ. Less: what overlaps is parallel. Default: 0.
    pub skew_ns: u64,
    /// What time it is, for spans that have not ended; 0 where nobody knows. Default: 0.
    pub now_ns: u64,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            policy: Policy::Detach,
            late_ns: 1_000,
            late_per_mille: 1,
            skew_ns: 0,
            now_ns: 0,
        }
    }
}

impl Options {
    /// By how much a child of a span that took so long may end after it.
    pub(super) fn late(&self, duration_ns: u64) -> u64 {
        let share = (duration_ns / 1_000).saturating_mul(u64::from(self.late_per_mille));
        self.late_ns.saturating_add(share)
    }
}
