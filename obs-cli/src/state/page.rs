//! The pages: which there are, and what each shows.

use super::archive::Archive;
use super::entry::{self, Entry};
use super::frame::Place;
use crate::filter::Filter;

/// What the screen is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Page {
    /// All components, and what they do.
    #[default]
    Components,
    /// Every metric of one component.
    Component(Place),
    /// All metrics.
    Metrics,
    /// One metric, across components.
    Metric(String),
    /// Traces that match a query.
    Traces,
    /// One trace.
    Trace(String),
    /// Spans under way.
    Open,
    /// Operations on critical paths.
    Bottlenecks,
}

/// The pages that nothing is opened for, in the order in which one turns them.
const FIRST: [Page; 5] = [
    Page::Components,
    Page::Metrics,
    Page::Traces,
    Page::Open,
    Page::Bottlenecks,
];

impl Page {
    /// The rows of metrics that it shows; none on pages that have rows of their own.
    pub(super) fn entries(&self, archive: &Archive, filter: &Filter) -> Vec<Entry> {
        match self {
            Page::Component(place) => entry::of_component(archive, place, filter),
            Page::Metrics => entry::of_everything(archive, filter),
            Page::Metric(family) => entry::of_family(archive, family, filter),
            _ => Vec::new(),
        }
    }

    /// The page that one turns to from here, forwards or back.
    pub(super) fn turned(&self, forwards: bool) -> Page {
        let here = FIRST.iter().position(|page| page == self);
        let here = here.unwrap_or_default();
        let step = if forwards { 1 } else { FIRST.len() - 1 };
        FIRST[(here + step) % FIRST.len()].clone()
    }

    /// Whether it is about traces.
    pub(crate) fn is_of_traces(&self) -> bool {
        matches!(
            self,
            Page::Traces | Page::Trace(_) | Page::Open | Page::Bottlenecks
        )
    }

    /// The column that it is sorted by at first.
    pub(super) fn first_sort(&self) -> usize {
        // The newest trace, the oldest span, the most time.
        usize::from(matches!(
            self,
            Page::Traces | Page::Open | Page::Bottlenecks
        ))
    }

    /// What its rows are, for messages.
    pub(crate) fn rows(&self) -> &'static str {
        match self {
            Page::Components => "components",
            Page::Component(_) | Page::Metrics => "metrics",
            Page::Metric(_) => "series",
            Page::Traces => "traces",
            Page::Trace(_) => "spans",
            Page::Open => "open spans",
            Page::Bottlenecks => "operations",
        }
    }
}
