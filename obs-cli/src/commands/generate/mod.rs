//! What can be made of a catalogue: a Grafana dashboard, alert rules.
//!
//! *In:* a catalogue. *Out:* text that Grafana imports and Prometheus loads. *Loss:* kinds that this version does not know.

/// Which question to ask of which kind of metric, in PromQL.
mod queries;

/// A dashboard.
pub(super) mod grafana;

/// Alert rules.
pub(super) mod rules;

use obs_runtime::api::{Catalogue, Definition};

/// The definitions, one per name: those that differ in literal labels are asked for together.
fn by_name(catalogue: &Catalogue) -> Vec<Definition> {
    let mut merged: Vec<Definition> = Vec::new();
    for definition in &catalogue.definitions {
        match merged
            .iter_mut()
            .find(|known| known.name == definition.name)
        {
            Some(known) => add_labels(known, definition),
            None => merged.push(definition.clone()),
        }
    }
    merged
}

fn add_labels(to: &mut Definition, more: &Definition) {
    for label in &more.labels {
        let Some(known) = to.labels.iter_mut().find(|known| known.name == label.name) else {
            to.labels.push(label.clone());
            continue;
        };
        for value in &label.values {
            if !known.values.contains(value) {
                known.values.push(value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::fixture;
    use obs_runtime::api::Label;

    #[test]
    fn definitions_that_differ_in_a_literal_label_are_one() {
        let mut catalogue = fixture::catalogue();
        let side = |value: &str| Label {
            name: "side".to_owned(),
            values: vec![value.to_owned()],
        };
        let mut other = catalogue.definitions[0].clone();
        catalogue.definitions[0].labels.push(side("left"));
        other.labels.push(side("right"));
        catalogue.definitions.insert(1, other);
        let merged = by_name(&catalogue);
        assert_eq!(merged.len(), catalogue.definitions.len() - 1);
        assert_eq!(merged[0].labels[0].values, ["left", "right"]);
    }
}
