//! What is in the catalogue of a host.

use std::collections::{BTreeMap, BTreeSet};

use obs::catalogue::{self, Definition, Scope};

fn of_host() -> Vec<&'static Definition> {
    let metrics = catalogue::catalogue().metrics.into_iter();
    let definitions = metrics.map(|metric| metric.definition);
    definitions
        .filter(|definition| definition.module.starts_with("obs::host::"))
        .collect()
}

#[test]
fn at_least_fifty_metrics_are_per_component() {
    let mut names = BTreeMap::new();
    for definition in of_host() {
        names.insert(definition.name, definition.scope);
    }
    let per_component = names.values().filter(|scope| **scope == Scope::Component);
    assert!(per_component.count() >= 80);
    assert!(names.len() >= 110, "{}", names.len());
}

#[test]
fn every_domain_has_metrics_and_no_definition_contradicts_another() {
    let domains: BTreeSet<_> = of_host()
        .iter()
        .map(|definition| definition.module)
        .collect();
    let expected = [
        "actors",
        "broker",
        "errors",
        "lifecycle",
        "mailbox",
        "messages",
        "operations",
        "resources",
        "storage",
        "wasm",
    ];
    let expected = expected.map(|domain| format!("obs::host::{domain}"));
    assert!(
        domains
            .iter()
            .copied()
            .eq(expected.iter().map(String::as_str)),
        "{domains:?}"
    );
    let ours = catalogue::catalogue().conflicts;
    let ours: Vec<_> = ours
        .iter()
        .filter(|conflict| conflict.first.module.starts_with("obs::host::"))
        .collect();
    assert!(ours.is_empty(), "{ours:?}");
}

#[test]
fn what_belongs_to_the_process_has_no_component() {
    for definition in of_host() {
        let of_process = definition.name.starts_with("broker_")
            || definition.name.starts_with("actor_system_")
            || [
                "actors_running",
                "actor_lifetime_seconds",
                "actor_shutdown_duration_seconds",
                "components_installed",
                "storage_total_used_bytes",
                "storage_fragmented_bytes",
                "wasm_memory_total_bytes",
                "wasm_epoch_ticks_total",
                "wasm_engine_lock_wait_seconds",
            ]
            .contains(&definition.name)
            || definition.name.starts_with("wasm_compile_cache_");
        let expected = if of_process {
            Scope::Process
        } else {
            Scope::Component
        };
        assert_eq!(definition.scope, expected, "{}", definition.name);
    }
}

#[test]
fn a_component_that_records_everything_takes_a_bounded_number_of_cells() {
    let cells = |definition: &&'static Definition| {
        let per_series = definition.bounds.len() + 3;
        definition.series_count() * per_series
    };
    let of_component = of_host().into_iter();
    let of_component = of_component.filter(|definition| definition.scope == Scope::Component);
    let most: usize = of_component.map(|definition| cells(&definition)).sum();
    assert!(
        most < 4_096,
        "{most} cells of 8 bytes for each thread and component"
    );
}
