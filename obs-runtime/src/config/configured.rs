//! Labels, renames and switches that came from a file or a variable, with the place of each, so that a fault that shows only at the
//! start can still say where it was written.

use crate::error::{Error, Fault, Place};
use crate::model::family::{Naming, Rename};

/// What was configured; what a program says on the builder stands above it.
#[derive(Debug, Default)]
pub(super) struct Configured {
    labels: Vec<(String, String, Place)>,
    renames: Vec<(Rename, Place)>,
    without: Vec<(String, Place)>,
}

impl Configured {
    /// Adds a label, or gives it another value.
    pub(super) fn set_label(&mut self, key: String, value: String, place: Place) {
        self.labels.retain(|(other, _, _)| *other != key);
        self.labels.push((key, value, place));
    }

    /// Adds a rename, or gives it another new name.
    pub(super) fn set_rename(&mut self, rename: Rename, place: Place) {
        self.renames.retain(|(other, _)| !same(other, &rename));
        self.renames.push((rename, place));
    }

    /// Switches these metrics off, instead of those before.
    pub(super) fn set_without(&mut self, names: Vec<String>, place: Place) {
        let places = std::iter::repeat(place);
        self.without = names.into_iter().zip(places).collect();
    }

    /// Returns the metrics that are switched off, followed by those that the program switches off.
    pub(super) fn without(&self, program: &[String]) -> Vec<String> {
        let configured = self.without.iter().map(|(names, _)| names);
        configured.chain(program).cloned().collect()
    }

    /// Returns labels and renames of both together; what the program says replaces what was configured for the same label or metric.
    pub(super) fn below(&self, program: &Naming) -> Naming {
        let has_label = |key: &str| program.constant.iter().any(|(other, _)| other == key);
        let has_rename = |rename: &Rename| program.renames.iter().any(|other| same(other, rename));
        let labels = self.labels.iter();
        let labels = labels.filter(|(key, _, _)| !has_label(key));
        let labels = labels.map(|(key, value, _)| (key.clone(), value.clone()));
        let renames = self.renames.iter().map(|(rename, _)| rename);
        let renames = renames.filter(|rename| !has_rename(rename)).cloned();
        Naming {
            constant: labels.chain(program.constant.iter().cloned()).collect(),
            // The first one that means a metric is the one that counts.
            renames: program.renames.iter().cloned().chain(renames).collect(),
        }
    }

    /// Says where the label, rename or switch was written that an error is about, unless the program said it.
    pub(super) fn placed(&self, error: Error, program: &Naming) -> Error {
        let place = match &error {
            Error::Label { key, .. } => {
                let own = program.constant.iter().any(|(other, _)| other == key);
                let found = self.labels.iter().find(|(other, _, _)| other == key);
                found.filter(|_| !own).map(|(_, _, place)| place)
            }
            Error::Rename { module, name, .. } => {
                let means = |rename: &Rename| rename.module == *module && rename.name == *name;
                let own = program.renames.iter().any(means);
                let found = self.renames.iter().find(|(rename, _)| means(rename));
                found.filter(|_| !own).map(|(_, place)| place)
            }
            Error::NoSuchMetric { names, .. } => {
                let mut configured = self.without.iter();
                let found = configured.find(|(other, _)| other == names);
                found.map(|(_, place)| place)
            }
            _ => None,
        };
        match place {
            Some(place) => Error::Config {
                faults: vec![Fault::new(place.clone(), error.to_string())],
            },
            None => error,
        }
    }
}

fn same(rename: &Rename, other: &Rename) -> bool {
    rename.module == other.module && rename.name == other.name
}
