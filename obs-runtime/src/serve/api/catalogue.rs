//! The catalogue behind a snapshot: what the process can export, whether anything was recorded or not.

use obs::catalogue::{Definition, Kind, Scope};

use crate::api;
use crate::model::{Family, Snapshot};
use crate::serve::wire;

impl From<&Snapshot> for api::Catalogue {
    fn from(snapshot: &Snapshot) -> api::Catalogue {
        let definitions = snapshot.families().flat_map(|family| {
            let members = family.members.iter();
            members.map(|member| definition(family, member.metric.definition))
        });
        api::Catalogue {
            definitions: definitions.collect(),
        }
    }
}

fn definition(family: &Family, definition: &Definition) -> api::Definition {
    api::Definition {
        // A metric may have been renamed when the runtime was started.
        name: family.name().to_owned(),
        help: family.help().to_owned(),
        unit: family.unit().to_owned(),
        kind: wire::kind(family.kind()),
        scope: match definition.scope {
            Scope::Component => api::Scope::Component,
            Scope::Process => api::Scope::Process,
        },
        labels: labels(family, definition),
        bounds: definition.bounds.to_vec(),
        module: definition.module.to_owned(),
        file: definition.file.to_owned(),
        line: definition.line,
    }
}

fn labels(family: &Family, definition: &Definition) -> Vec<api::Label> {
    // The states of a state set are a label that is called like the family, renamed or not.
    let is_states = |key: &str| definition.kind == Kind::StateSet && key == definition.name;
    let literals = definition.literals.iter().map(|(name, value)| api::Label {
        name: (*name).to_owned(),
        values: vec![(*value).to_owned()],
    });
    let keys = definition.keys.iter().map(|key| api::Label {
        name: if is_states(key.name) {
            family.name()
        } else {
            key.name
        }
        .to_owned(),
        values: key.values.iter().map(|value| (*value).to_owned()).collect(),
    });
    let dynamic = definition.dynamic.iter().map(|name| api::Label {
        name: (*name).to_owned(),
        values: Vec::new(),
    });
    literals.chain(keys).chain(dynamic).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture::{Layout, definition, key};

    #[test]
    fn every_definition_is_told_whether_recorded_or_not() {
        let values = ["ok".to_owned(), "failed".to_owned()];
        let keys: &'static [_] = vec![key("outcome", &values)].leak();
        let layout = Layout::new([
            Definition {
                literals: &[("side", "left")],
                keys,
                dynamic: &["path"],
                ..definition("jobs_total", Kind::Counter)
            },
            Definition {
                literals: &[("side", "right")],
                keys,
                dynamic: &["path"],
                ..definition("jobs_total", Kind::Counter)
            },
            Definition {
                bounds: &[0.5, 1.0],
                unit: "seconds",
                scope: Scope::Process,
                ..definition("work_seconds", Kind::Histogram)
            },
        ]);
        let catalogue = api::Catalogue::from(&layout.snapshot(Vec::new()));
        let names: Vec<_> = catalogue
            .definitions
            .iter()
            .map(|definition| &definition.name[..])
            .collect();
        assert_eq!(names, ["jobs_total", "jobs_total", "work_seconds"]);
        let jobs = &catalogue.definitions[1];
        let label = |name: &str, values: &[&str]| api::Label {
            name: name.to_owned(),
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        };
        assert_eq!(
            jobs.labels,
            [
                label("side", &["right"]),
                label("outcome", &["ok", "failed"]),
                label("path", &[])
            ]
        );
        assert_eq!(
            (jobs.kind, jobs.scope, &jobs.help[..]),
            (api::Kind::Counter, api::Scope::Component, "Help.")
        );
        assert_eq!(
            (&jobs.module[..], &jobs.file[..], jobs.line),
            ("shop::parser", "src/somewhere.rs", 7)
        );
        let work = &catalogue.definitions[2];
        assert_eq!(
            (work.scope, &work.unit[..]),
            (api::Scope::Process, "seconds")
        );
        assert_eq!(work.bounds, [0.5, 1.0]);
    }
}
