//! Definitions that agree and that do not.

use obs::catalogue::{Difference, catalogue};
use obs::{Component, counter, gauge, histogram, summary};
use obs_tests::count;

#[test]
fn a_metric_is_in_the_catalogue_before_it_is_used() {
    fn never_called() {
        counter!("catalogue_never_called_total", "Never called.").inc();
    }
    let _ = never_called as fn();
    let known = catalogue().metrics;
    let never = known
        .iter()
        .find(|metric| metric.definition.name == "catalogue_never_called_total");
    let definition = never.expect("the linker registers it").definition;
    assert!(definition.file.ends_with("catalogue.rs") && definition.line > 0);
}

#[test]
fn identical_definitions_share_one_metric() {
    let component = Component::register("shared definition");
    component.scope(|| {
        counter!("catalogue_shared_total", "Shared.").inc();
        counter!("catalogue_shared_total", "Shared.").inc();
        counter!("catalogue_shared_total", "Shared, told otherwise.").inc();
    });
    assert_eq!(count(component, "catalogue_shared_total"), 3);
    let warnings = catalogue().warnings;
    let told = warnings
        .iter()
        .find(|warning| warning.first.name == "catalogue_shared_total");
    assert_eq!(
        told.map(|warning| warning.difference),
        Some(Difference::Help)
    );
}

#[test]
fn literal_labels_make_series_of_one_family() {
    let component = Component::register("literals");
    component.scope(|| {
        counter!("catalogue_literal_total", "Literals.", labels(kind = "a")).inc();
        counter!("catalogue_literal_total", "Literals.", labels(kind = "b")).inc_by(2);
    });
    let family: Vec<_> = catalogue()
        .metrics
        .into_iter()
        .filter(|metric| metric.definition.name == "catalogue_literal_total")
        .collect();
    assert_eq!(family.len(), 2);
    assert!(family.iter().all(|metric| !metric.conflicting));
}

#[test]
fn conflicting_definitions_are_reported_with_both_places_and_still_record() {
    let component = Component::register("conflict");
    component.scope(|| {
        gauge!("catalogue_conflict", "A gauge.").set(1);
        gauge!("catalogue_conflict", "Another one.", labels(kind = "x")).set(2);
        gauge!("catalogue_conflict", "A third.", scope = process).set(3);
        gauge!("catalogue_conflict", "A fourth.", integer).set(4);
    });
    let conflicts = catalogue().conflicts;
    let found: Vec<_> = conflicts
        .iter()
        .filter(|conflict| conflict.first.name == "catalogue_conflict")
        .collect();
    let differences: Vec<_> = found.iter().map(|conflict| conflict.difference).collect();
    assert_eq!(differences.len(), 3, "{found:?}");
    assert!(differences.contains(&Difference::Labels) && differences.contains(&Difference::Scope));
    assert!(differences.contains(&Difference::Integer));
    for conflict in found {
        assert!(conflict.first.file.ends_with("catalogue.rs"));
        assert_ne!(conflict.first.line, conflict.second.line);
    }
}

#[test]
fn kinds_that_differ_in_what_they_are_made_of_conflict() {
    fn never_called() {
        let _ = histogram!("catalogue_cut_seconds", "Cut.", exponential);
        let _ = histogram!("catalogue_cut_seconds", "Cut.", exponential(schema = 2));
        let _ = summary!("catalogue_shown_seconds", "Shown.", quantiles = [0.5]);
        let _ = summary!("catalogue_shown_seconds", "Shown.", quantiles = [0.9]);
        let quarter = summary!(
            "catalogue_back_seconds",
            "Looks back.",
            quantiles = [0.5],
            window = "15m"
        );
        let _ = summary!("catalogue_back_seconds", "Looks back.", quantiles = [0.5]);
        let _ = (quarter, gauge!("catalogue_told", "Told.", observed));
        let _ = gauge!("catalogue_told", "Told.");
        let _ = gauge!("catalogue_state", "State.", states = bool);
        let _ = gauge!("catalogue_state", "State.");
    }
    let _ = never_called as fn();
    let conflicts = catalogue().conflicts;
    for (name, expected) in [
        ("catalogue_cut_seconds", Difference::Bounds),
        ("catalogue_shown_seconds", Difference::Quantiles),
        ("catalogue_back_seconds", Difference::Quantiles),
        ("catalogue_told", Difference::Source),
        ("catalogue_state", Difference::Kind),
    ] {
        let found = conflicts
            .iter()
            .find(|conflict| conflict.first.name == name);
        let difference = found.map(|conflict| conflict.difference);
        assert_eq!(difference, Some(expected), "{name}");
    }
}
