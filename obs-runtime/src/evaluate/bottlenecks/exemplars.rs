//! Traces to look at: the few of which a call path has the largest share.

use crate::model::trace::TraceId;

/// How many there are of a call path.
const EXEMPLARS: usize = 3;

/// A trace to look at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exemplar {
    /// Its id.
    pub trace: TraceId,
    /// Its own critical time there.
    pub own_ns: u64,
    /// The same as a share of all its time.
    pub share: f64,
}

/// The few with the largest share, that first.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Exemplars {
    best: [Option<Exemplar>; EXEMPLARS],
}

impl Exemplars {
    /// Takes one in, if it is among the largest; of equal ones the earlier stays.
    #[inline]
    pub(super) fn offer(&mut self, exemplar: Exemplar) {
        let is_full = |last: &Exemplar| last.share >= exemplar.share;
        if self.best[EXEMPLARS - 1].as_ref().is_some_and(is_full) {
            return;
        }
        let is_less =
            |other: &Option<Exemplar>| other.is_none_or(|other| other.share < exemplar.share);
        if let Some(at) = self.best.iter().position(is_less) {
            self.best[at..].rotate_right(1);
            self.best[at] = Some(exemplar);
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Exemplar> {
        self.best.iter().flatten()
    }
}
