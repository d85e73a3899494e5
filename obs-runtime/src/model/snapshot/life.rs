//! The lives in a snapshot: whose cells they are, and which of them are exported.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::SystemTime;

use obs::Component;
use obs::collector::{DynamicSeries, MergedLife};

use crate::model::distribution::Quantiles;
use crate::model::exemplars::OfOwner;
use crate::model::label_text::label_text;

/// The cells of one life of a component, or of what was recorded outside any.
#[derive(Debug)]
pub(super) struct Life {
    pub(super) component: Option<Component>,
    pub(super) name: Option<Arc<str>>,
    /// When a merge first found it retired.
    pub(super) retired: Option<SystemTime>,
    pub(super) exported: bool,
    /// `component="name"`; empty without a name.
    pub(super) text: Arc<str>,
    pub(super) cells: Vec<u64>,
    /// What summaries show, by the metric's first cell and the series.
    pub(super) quantiles: HashMap<(u32, usize), Quantiles>,
    /// Series with dynamic labels, an entry per metric.
    pub(super) dynamic: Vec<DynamicSeries>,
    /// Which traces observations were made in, by cell.
    pub(super) exemplars: Option<OfOwner>,
}

/// The lives of the last snapshot.
pub(super) struct Known<'a> {
    lives: &'a [Life],
    /// Made when a life is not in the place where it was, since another has left.
    by_component: OnceCell<HashMap<Component, &'a Life>>,
}

impl<'a> Known<'a> {
    pub(super) fn new(lives: &'a [Life]) -> Known<'a> {
        Known {
            lives,
            by_component: OnceCell::new(),
        }
    }

    /// The same life in the last snapshot, most often in the same place.
    pub(super) fn find(&self, place: usize, component: Component) -> Option<&'a Life> {
        let there = self.lives.get(place);
        if there.is_some_and(|life| life.component == Some(component)) {
            return there;
        }
        let of = |life: &'a Life| Some((life.component?, life));
        let all = || self.lives.iter().filter_map(of).collect();
        self.by_component.get_or_init(all).get(&component).copied()
    }
}

impl Life {
    /// `known` is the same life in the last snapshot.
    pub(super) fn new(life: MergedLife, time: SystemTime, known: Option<&Life>) -> Life {
        let component = life.name.is_some().then_some(life.component);
        Life {
            component,
            retired: life
                .retired
                .then(|| known.and_then(|known| known.retired).unwrap_or(time)),
            exported: true,
            text: match (&life.name, known) {
                (_, Some(known)) => known.text.clone(),
                (Some(name), None) => label_text("component", name).into(),
                (None, None) => "".into(),
            },
            name: life.name,
            cells: life.cells,
            quantiles: HashMap::new(),
            dynamic: life.dynamic,
            exemplars: None,
        }
    }

    /// Whether it began after another life of its name.
    fn follows(&self, other: &Life) -> bool {
        match (self.retired, other.retired) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(own), Some(other)) => own >= other,
        }
    }

    /// The metrics of scope process, in the form of a life without a name.
    pub(super) fn of_process(cells: Vec<u64>, dynamic: Vec<DynamicSeries>) -> Life {
        Life {
            component: None,
            name: None,
            retired: None,
            exported: true,
            text: "".into(),
            cells,
            quantiles: HashMap::new(),
            dynamic,
            exemplars: None,
        }
    }
}

/// Two lives of one name would be one series twice: the live one is exported, else the one that retired last.
pub(super) fn hide_former_lives(lives: &mut [Life]) {
    if lives.iter().all(|life| life.retired.is_none()) {
        return;
    }
    let mut shown: HashMap<Arc<str>, usize> = HashMap::with_capacity(lives.len());
    for at in 0..lives.len() {
        let Some(name) = lives[at].name.clone() else {
            continue;
        };
        let Some(other) = shown.insert(name.clone(), at) else {
            continue;
        };
        let older = if lives[at].follows(&lives[other]) {
            other
        } else {
            at
        };
        lives[older].exported = false;
        shown.insert(name, at + other - older);
    }
}
