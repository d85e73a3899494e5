//! Names of sites, components and threads, which records hold as numbers.

use std::collections::HashMap;
use std::sync::Arc;

use obs::collector::Spans;
use obs::collector::spans::Site;

/// Names that were asked for once.
#[derive(Default)]
pub(crate) struct Names {
    /// By number, from 1.
    sites: Vec<Named>,
    components: HashMap<u32, Option<Arc<str>>>,
    threads: HashMap<u32, Arc<str>>,
}

/// A site with texts that can be shared.
pub(crate) struct Named {
    pub(crate) site: &'static Site,
    pub(crate) name: Arc<str>,
    pub(crate) keys: Vec<Arc<str>>,
}

/// As many names of threads are kept.
const MOST_THREADS: usize = 4_096;

impl Names {
    /// Looks for sites that are new, and asks again for components.
    pub(crate) fn refresh(&mut self, spans: &Spans) {
        let new = spans.sites_from(self.sites.len() as u32 + 1);
        self.sites.extend(new.into_iter().map(|site| {
            Named {
                site,
                name: site.description().name.into(),
                keys: site
                    .description()
                    .keys
                    .iter()
                    .map(|key| (*key).into())
                    .collect(),
            }
        }));
    }

    /// The site of that number.
    pub(crate) fn site(&self, number: u32) -> Option<&Named> {
        self.sites.get((number as usize).checked_sub(1)?)
    }

    /// The name of an operation: of a site, by its number.
    pub(crate) fn operation(&self, number: u32) -> Arc<str> {
        let site = self.site(number);
        site.map_or_else(|| Arc::from("?"), |site| site.name.clone())
    }

    /// Whether the name of a component was asked for.
    pub(crate) fn knows(&self, component: u32) -> bool {
        self.components.contains_key(&component)
    }

    /// Asks for the name of a component while it can be asked for; later it is known.
    pub(crate) fn learn(&mut self, component: u32, spans: &Spans) {
        self.components
            .entry(component)
            .or_insert_with(|| spans.component(component));
    }

    /// The name of a component; `None` outside any.
    pub(crate) fn component(&self, component: u32) -> Option<Arc<str>> {
        self.components.get(&component).cloned().flatten()
    }

    /// Hears of a thread.
    pub(crate) fn thread(&mut self, number: u32, name: &str) {
        if self.threads.len() >= MOST_THREADS {
            self.threads.clear();
        }
        self.threads.insert(number, name.into());
    }

    /// The name of a thread, if it has one that is still known.
    pub(crate) fn thread_name(&self, number: u32) -> Option<Arc<str>> {
        self.threads.get(&number).cloned()
    }
}
