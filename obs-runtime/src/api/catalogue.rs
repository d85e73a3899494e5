//! Every metric that a process has, whether anything was recorded or not.

use serde::{Deserialize, Serialize};

use super::snapshot::Kind;

/// What a process can export, with the places in its source.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Catalogue {
    /// The definitions, sorted by name; those of one name differ in the values of their literal labels.
    pub definitions: Vec<Definition>,
}

/// One metric, as it was written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    /// The metric's name as it stands in the exposition, a counter's `_total` included.
    pub name: String,
    /// What the metric means, unescaped.
    pub help: String,
    /// The base unit, such as `seconds`; empty where there is none.
    pub unit: String,
    /// What the values are.
    pub kind: Kind,
    /// Whose series it has.
    pub scope: Scope,
    /// The labels of its own, without `component`.
    pub labels: Vec<Label>,
    /// The finite upper bounds of a histogram's buckets, ascending; empty for any other kind.
    pub bounds: Vec<f64>,
    /// The module that defines it; its first segment is the crate.
    pub module: String,
    /// The source file, as the compiler was given it.
    pub file: String,
    /// The line in that file.
    pub line: u32,
}

/// Whose series a metric has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Scope {
    /// One set of series per component, with the label `component`, and one without for what runs outside any.
    Component,
    /// One set of series for the process.
    Process,
    /// Something that this version knows nothing of.
    #[serde(other)]
    Unknown,
}

/// A label, and what can stand in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Its name.
    pub name: String,
    /// Every value it can have; empty where that is known only when it is recorded.
    pub values: Vec<String>,
}
