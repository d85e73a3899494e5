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
}

impl Page {
    /// The rows of metrics that it shows; none on the page of components, which has rows of its own.
    pub(super) fn entries(&self, archive: &Archive, filter: &Filter) -> Vec<Entry> {
        match self {
            Page::Components => Vec::new(),
            Page::Component(place) => entry::of_component(archive, place, filter),
            Page::Metrics => entry::of_everything(archive, filter),
            Page::Metric(family) => entry::of_family(archive, family, filter),
        }
    }

    /// What its rows are, for messages.
    pub(crate) fn rows(&self) -> &'static str {
        match self {
            Page::Components => "components",
            Page::Component(_) | Page::Metrics => "metrics",
            Page::Metric(_) => "series",
        }
    }
}
