//! State sets: in which of several states something is.

use std::marker::PhantomData;

use crate::callsite::Callsite;
use crate::label::{LabelSet, LabelValue};
use crate::record::hot;
use crate::record::life::Space;

/// A state set, as [`gauge!`](crate::gauge) makes it with `states = …`.
///
/// It is exported as a series per state, of which the one that was set last is 1 and all others are 0; before it is set
/// there are none. The state is one cell, written with a plain store, so no scrape ever sees two states at once, or none.
#[must_use = "a state set shows nothing by itself"]
#[derive(Debug, Clone, Copy)]
pub struct StateSet<S: LabelValue> {
    site: &'static Callsite,
    space: Space,
    states: PhantomData<fn(S)>,
}

impl<S: LabelValue> StateSet<S> {
    /// The handle of a callsite; for the macro.
    #[doc(hidden)]
    pub const fn at(site: &'static Callsite) -> StateSet<S> {
        StateSet {
            site,
            space: site.definition().scope.space(),
            states: PhantomData,
        }
    }

    /// Enters a state, and thereby leaves all others.
    #[inline(always)]
    pub fn set(self, state: S) {
        hot::store(self.site, self.space, 0, u64::from(state.series()) + 1);
    }
}
