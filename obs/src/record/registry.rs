//! The registry: lives by index and name, and the lanes that there are.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::lane::{Header, OUTSIDE, component_id};
use super::life::{Life, Space};

/// The life that holds what is recorded for the process rather than for a component.
pub(crate) const PROCESS: u64 = component_id(u32::MAX, 1);
/// The life that totals of folded lives are added to.
const DEPARTED: u64 = component_id(u32::MAX, 2);

/// Lives, names and lanes. The registry's lock is never held while a life's is taken, but for a new life that nobody
/// else knows yet.
pub(super) struct Registry {
    /// By component index. Index 0 is what runs outside any component.
    pub(super) lives: Vec<Entry>,
    vacant: Vec<u32>,
    pub(super) names: BTreeMap<Arc<str>, u64>,
    process: Option<Arc<Life>>,
    departed: Option<Arc<Life>>,
    pub(super) headers: Vec<Arc<Header>>,
}

pub(super) struct Entry {
    /// The number of the life that has the index, or had it last.
    number: u32,
    pub(super) life: Option<Arc<Life>>,
}

impl Registry {
    pub(super) const fn new() -> Registry {
        Registry {
            lives: Vec::new(),
            vacant: Vec::new(),
            names: BTreeMap::new(),
            process: None,
            departed: None,
            headers: Vec::new(),
        }
    }

    /// The life of what runs outside any component; it takes index 0.
    pub(super) fn outside(&mut self) -> Arc<Life> {
        if let Some(life) = self.lives.first().and_then(|entry| entry.life.clone()) {
            return life;
        }
        let life = Life::new(OUTSIDE, None, Space::Component);
        let entry = Entry {
            number: 1,
            life: Some(life.clone()),
        };
        self.lives.insert(0, entry);
        life
    }

    pub(super) fn process(&mut self) -> Arc<Life> {
        let new = || Life::new(PROCESS, None, Space::Process);
        self.process.get_or_insert_with(new).clone()
    }

    /// Never live, so that nobody leases a slab of it.
    pub(super) fn departed(&mut self) -> Arc<Life> {
        let new = || {
            let life = Life::new(DEPARTED, None, Space::Component);
            life.retire();
            life
        };
        self.departed.get_or_insert_with(new).clone()
    }

    pub(super) fn life(&self, component: u64) -> Option<Arc<Life>> {
        let entry = self.lives.get(component as u32 as usize)?;
        let life = entry.life.as_ref()?;
        (life.component == component).then(|| life.clone())
    }

    /// Gives a new life of that name the next index.
    pub(super) fn settle(&mut self, name: Arc<str>) -> Arc<Life> {
        self.settle_life(|component| Life::new(component, Some(name), Space::Component))
    }

    /// Gives the life of an annex the next index, so that threads find their slabs of it as those of components.
    pub(super) fn settle_annex(&mut self, space: Space) -> Arc<Life> {
        self.settle_life(|component| Life::of_annex(component, space))
    }

    fn settle_life(&mut self, life: impl FnOnce(u64) -> Arc<Life>) -> Arc<Life> {
        self.outside();
        let index = self.vacant.pop().unwrap_or(self.lives.len() as u32);
        if index as usize == self.lives.len() {
            self.lives.push(Entry {
                number: 0,
                life: None,
            });
        }
        let entry = &mut self.lives[index as usize];
        entry.number += 1;
        let life = life(component_id(index, entry.number));
        entry.life = Some(life.clone());
        life
    }

    /// Lets the name of a component go to a new life. `None` for what cannot be retired.
    pub(super) fn forget_name(&mut self, component: u64) -> Option<Arc<Life>> {
        let life = self.life(component)?;
        let name = life.name.as_ref()?;
        if self.names.get(name) == Some(&component) {
            self.names.remove(name);
        }
        Some(life)
    }

    /// Takes a folded life's index back. An index whose life numbers are used up is left out.
    pub(super) fn vacate(&mut self, component: u64) {
        let index = component as u32;
        let entry = &mut self.lives[index as usize];
        entry.life = None;
        if entry.number < u32::MAX {
            self.vacant.push(index);
        }
    }
}
