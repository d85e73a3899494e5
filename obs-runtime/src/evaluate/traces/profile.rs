//! What operations did, and where the time of their traces went, with the names of their numbers.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::{Operations, Window};
use crate::evaluate::bottlenecks::{Bottlenecks, Operation};

/// The names of numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// Of operations.
    pub operations: HashMap<u32, Arc<str>>,
    /// Of components.
    pub components: HashMap<u32, Arc<str>>,
}

/// What operations did within a while, and where the time of their traces went; of all that were complete, kept or not.
#[derive(Clone, Default)]
pub struct Profile {
    /// How long the while is.
    pub window: Duration,
    /// Rate, errors, duration of operations.
    pub operations: Operations,
    /// The critical paths, added up.
    pub bottlenecks: Bottlenecks,
    /// The names of operations and components.
    pub names: Names,
}

impl Profile {
    /// Adds up windows, of which the first is the one under way.
    pub fn new([now, last]: [Window; 2], window: Duration, names: Names) -> Profile {
        let (mut operations, mut bottlenecks) = (now.operations, now.bottlenecks);
        operations.merge(&last.operations);
        bottlenecks.merge(&last.bottlenecks);
        Profile {
            window,
            operations,
            bottlenecks,
            names,
        }
    }

    /// The name of an operation, and that of its component.
    pub fn name(&self, of: Operation) -> (&str, Option<&str>) {
        if let Some(special) = of.special_name() {
            return (special, None);
        }
        let operation = self.names.operations.get(&of.operation);
        let component = self.names.components.get(&of.component);
        (
            operation.map_or("?", |name| name),
            component.map(|name| &**name),
        )
    }
}

impl Window {
    /// Every operation that has figures.
    pub fn all_operations(&self) -> impl Iterator<Item = Operation> {
        let with_figures = self.operations.iter().map(|(operation, _)| operation);
        let on_paths = self
            .bottlenecks
            .operations()
            .map(|(operation, _)| operation);
        with_figures.chain(on_paths)
    }
}
