//! A Grafana dashboard: a row per domain, a panel per metric, in the classic schema that every Grafana since 8 imports.

use obs_runtime::api::{Catalogue, Definition, Kind, Scope};
use serde_json::{Value, json};

use super::by_name;
use super::queries::{Query, queries, spread};
use crate::domain::domain;

/// The version of Grafana's schema that this is written in.
const SCHEMA_VERSION: u32 = 39;

/// The grid has this many columns.
const GRID: u32 = 24;
const PANEL_WIDTH: u32 = 12;
const PANEL_HEIGHT: u32 = 8;

/// The range of rates: Grafana makes it four scrapes long, at least.
const WINDOW: &str = "$__rate_interval";

/// What narrows every metric of components: the variable at the top. With *All* it matches what has no component as well.
const CHOSEN: &str = "component=~\"$component\"";

/// Makes the dashboard.
pub(in crate::commands) fn dashboard(catalogue: &Catalogue) -> Value {
    let definitions = by_name(catalogue);
    let mut grid = Grid::default();
    let mut domains: Vec<&str> = definitions
        .iter()
        .map(|definition| domain(&definition.name))
        .collect();
    domains.sort_unstable();
    domains.dedup();
    for about in domains {
        grid.row(about);
        for definition in definitions
            .iter()
            .filter(|definition| domain(&definition.name) == about)
        {
            panels(definition)
                .into_iter()
                .for_each(|panel| grid.add(panel));
        }
    }
    json!({
        "title": "obs",
        "uid": "obs-catalogue",
        "description": "Every metric of the process, made from its catalogue by obs-cli.",
        "tags": ["obs"],
        "timezone": "browser",
        "editable": true,
        "graphTooltip": 1,
        "time": { "from": "now-30m", "to": "now" },
        "refresh": "10s",
        "schemaVersion": SCHEMA_VERSION,
        "version": 1,
        "annotations": { "list": [] },
        "links": [],
        "templating": { "list": variables(&definitions) },
        "panels": grid.panels,
    })
}

/// Which Prometheus, and which components.
fn variables(definitions: &[Definition]) -> Vec<Value> {
    let mut variables = vec![json!({
        "type": "datasource",
        "name": "datasource",
        "label": "Prometheus",
        "query": "prometheus",
        "refresh": 1,
        "hide": 0,
    })];
    let mut of_components = definitions
        .iter()
        .filter(|definition| definition.scope == Scope::Component);
    if let Some(first) = of_components.next() {
        let matchers: Vec<&str> = std::iter::once(first)
            .chain(of_components)
            .filter(|definition| matches!(definition.kind, Kind::Counter | Kind::Gauge))
            .map(|definition| definition.name.as_str())
            .collect();
        let names = format!("{{__name__=~\"{}\"}}", matchers.join("|"));
        variables.push(json!({
            "type": "query",
            "name": "component",
            "label": "Component",
            "datasource": datasource(),
            "query": { "query": format!("label_values({names}, component)"), "refId": "component" },
            "refresh": 2,
            "includeAll": true,
            "allValue": ".*",
            "multi": true,
            "sort": 1,
            "hide": 0,
            "current": { "selected": true, "text": ["All"], "value": ["$__all"] },
        }));
    }
    variables
}

/// Panels as they stand on the grid.
#[derive(Default)]
struct Grid {
    panels: Vec<Value>,
    x: u32,
    y: u32,
}

impl Grid {
    fn row(&mut self, about: &str) {
        self.end_line();
        let place = json!({ "x": 0, "y": self.y, "w": GRID, "h": 1 });
        self.push(json!({
            "type": "row",
            "title": about,
            "collapsed": false,
            "panels": [],
            "gridPos": place,
        }));
        self.y += 1;
    }

    fn add(&mut self, mut panel: Value) {
        panel["gridPos"] = json!({ "x": self.x, "y": self.y, "w": PANEL_WIDTH, "h": PANEL_HEIGHT });
        self.push(panel);
        self.x += PANEL_WIDTH;
        if self.x >= GRID {
            self.end_line();
        }
    }

    fn end_line(&mut self) {
        if self.x > 0 {
            self.x = 0;
            self.y += PANEL_HEIGHT;
        }
    }

    fn push(&mut self, mut panel: Value) {
        panel["id"] = json!(self.panels.len() + 1);
        self.panels.push(panel);
    }
}

fn panels(definition: &Definition) -> Vec<Value> {
    let matchers = match definition.scope {
        Scope::Component => CHOSEN,
        _ => "",
    };
    let targets: Vec<Value> = queries(definition, matchers, WINDOW)
        .iter()
        .zip('A'..)
        .map(|(query, letter)| target(query, letter, definition.kind == Kind::Info))
        .collect();
    if targets.is_empty() {
        return Vec::new();
    }
    let kind = match definition.kind {
        Kind::Info => "table",
        Kind::StateSet => "state-timeline",
        _ => "timeseries",
    };
    let mut panels = vec![panel(kind, &title(definition), definition, targets)];
    if definition.kind == Kind::Histogram && !definition.bounds.is_empty() {
        let query = Query {
            expr: spread(definition, matchers, WINDOW),
            legend: "{{le}}".to_owned(),
        };
        let mut target = target(&query, 'A', false);
        target["format"] = json!("heatmap");
        let mut heatmap = panel(
            "heatmap",
            &format!("{}, spread", definition.name),
            definition,
            vec![target],
        );
        heatmap["options"] = json!({
            "calculate": false,
            "yAxis": { "unit": unit(definition) },
            "color": { "mode": "scheme", "scheme": "Oranges", "steps": 64 },
        });
        panels.push(heatmap);
    }
    panels
}

fn panel(kind: &str, title: &str, definition: &Definition, targets: Vec<Value>) -> Value {
    json!({
        "type": kind,
        "title": title,
        "description": format!("{} ({}:{})", definition.help, definition.file, definition.line),
        "datasource": datasource(),
        "targets": targets,
        "fieldConfig": { "defaults": { "unit": unit(definition) }, "overrides": [] },
        "options": {},
    })
}

fn target(query: &Query, letter: char, instant: bool) -> Value {
    json!({
        "refId": letter.to_string(),
        "datasource": datasource(),
        "expr": query.expr,
        "legendFormat": query.legend,
        "range": !instant,
        "instant": instant,
        "format": if instant { "table" } else { "time_series" },
    })
}

fn title(definition: &Definition) -> String {
    match definition.kind {
        Kind::Counter => format!("{} per second", definition.name),
        Kind::Histogram => format!("{}, quantiles", definition.name),
        _ => definition.name.clone(),
    }
}

fn datasource() -> Value {
    json!({ "type": "prometheus", "uid": "${datasource}" })
}

/// Grafana's name of the unit of what is asked for.
fn unit(definition: &Definition) -> &'static str {
    match (definition.kind, definition.unit.as_str()) {
        // Seconds per second are a share.
        (Kind::Counter, "seconds") | (_, "ratio") => "percentunit",
        (Kind::Counter, "bytes") => "Bps",
        (Kind::Counter, _) => "cps",
        (_, "seconds") => "s",
        (_, "bytes") => "bytes",
        (_, "celsius") => "celsius",
        (_, "volts") => "volt",
        (_, "amperes") => "amp",
        (_, "joules") => "joule",
        (_, "grams") => "massg",
        (_, "meters") => "lengthm",
        _ => "short",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::fixture::catalogue;

    fn panels_of(dashboard: &Value) -> &[Value] {
        dashboard["panels"].as_array().expect("there are panels")
    }

    #[test]
    fn dashboard_is_what_it_was() {
        let text = serde_json::to_string_pretty(&dashboard(&catalogue())).unwrap();
        insta::assert_snapshot!(text);
    }

    #[test]
    fn every_known_kind_has_a_panel_and_every_histogram_two() {
        let dashboard = dashboard(&catalogue());
        let about = |name: &str| {
            let titles = panels_of(&dashboard).iter().map(|panel| &panel["title"]);
            titles
                .filter(|title| title.as_str().is_some_and(|title| title.starts_with(name)))
                .count()
        };
        for definition in catalogue().definitions {
            let expected = match definition.kind {
                Kind::Unknown => 0,
                Kind::Histogram => 2,
                _ => 1,
            };
            let rows = usize::from(definition.name == "weather");
            assert_eq!(
                about(&definition.name) - rows,
                expected,
                "{}",
                definition.name
            );
        }
    }

    type IsRight = fn(&Value) -> bool;

    /// The fields that Grafana's schema of dashboards has, and what stands in them.
    const FIELDS: [(&str, IsRight); 14] = [
        ("title", Value::is_string),
        ("uid", Value::is_string),
        ("description", Value::is_string),
        ("tags", Value::is_array),
        ("timezone", Value::is_string),
        ("editable", Value::is_boolean),
        ("graphTooltip", |value| {
            matches!(value.as_u64(), Some(0..=2))
        }),
        ("time", |value| {
            value["from"].is_string() && value["to"].is_string()
        }),
        ("refresh", Value::is_string),
        ("schemaVersion", Value::is_u64),
        ("version", Value::is_u64),
        ("annotations", |value| value["list"].is_array()),
        ("links", Value::is_array),
        ("templating", |value| value["list"].is_array()),
    ];

    /// Of a variable: the kinds that there are, and what each needs.
    fn is_variable(variable: &Value) -> bool {
        let is_kind = match variable["type"].as_str() {
            Some("datasource") => variable["query"].is_string(),
            Some("query") => variable["query"]["query"].is_string() && is_source(variable),
            _ => false,
        };
        is_kind && variable["name"].is_string() && matches!(variable["hide"].as_u64(), Some(0..=2))
    }

    fn is_source(of: &Value) -> bool {
        of["datasource"]["type"].is_string() && of["datasource"]["uid"].is_string()
    }

    fn is_placed(panel: &Value) -> bool {
        let side = |name: &str| panel["gridPos"][name].as_u64();
        side("h") > Some(0)
            && matches!(side("w"), Some(1..=24))
            && matches!(side("x"), Some(0..24))
            && side("y").is_some()
    }

    fn is_target(target: &Value) -> bool {
        target["refId"].is_string()
            && target["expr"].is_string()
            && target["legendFormat"].is_string()
            && target["range"].is_boolean()
            && target["instant"].is_boolean()
            && matches!(
                target["format"].as_str(),
                Some("time_series" | "table" | "heatmap")
            )
            && is_source(target)
    }

    #[test]
    fn dashboard_has_the_fields_of_grafanas_schema_and_no_others() {
        let dashboard = dashboard(&catalogue());
        for (name, is_right) in FIELDS {
            assert!(is_right(&dashboard[name]), "{name}: {}", dashboard[name]);
        }
        let fields = dashboard.as_object().expect("it is an object").len();
        assert_eq!(fields, FIELDS.len() + 1, "and panels");
        let variables = dashboard["templating"]["list"].as_array();
        assert!(variables.is_some_and(|list| list.iter().all(is_variable)));
        for panel in panels_of(&dashboard) {
            assert!(panel["id"].is_u64() && panel["title"].is_string() && is_placed(panel));
            if panel["type"] == "row" {
                assert!(panel["collapsed"].is_boolean() && panel["panels"].is_array());
                continue;
            }
            assert!(
                matches!(
                    panel["type"].as_str(),
                    Some("timeseries" | "heatmap" | "table" | "state-timeline")
                ),
                "{panel}"
            );
            assert!(is_source(panel) && panel["options"].is_object());
            let config = &panel["fieldConfig"];
            assert!(config["defaults"]["unit"].is_string() && config["overrides"].is_array());
            let targets = panel["targets"].as_array();
            assert!(
                targets.is_some_and(|targets| targets.iter().all(is_target)),
                "{panel}"
            );
        }
    }

    #[test]
    fn ids_are_unique_and_no_panel_covers_another() {
        let dashboard = dashboard(&catalogue());
        let panels = panels_of(&dashboard);
        let mut ids: Vec<u64> = panels
            .iter()
            .map(|panel| panel["id"].as_u64().unwrap())
            .collect();
        ids.dedup();
        assert_eq!(ids.len(), panels.len());
        let mut taken = std::collections::BTreeSet::new();
        for panel in panels {
            let place = |side: &str| panel["gridPos"][side].as_u64().unwrap();
            assert!(place("x") + place("w") <= u64::from(GRID));
            for x in place("x")..place("x") + place("w") {
                for y in place("y")..place("y") + place("h") {
                    assert!(taken.insert((x, y)), "{x} {y} is taken twice");
                }
            }
        }
    }

    #[test]
    fn a_process_without_components_has_no_variable_for_them() {
        let mut catalogue = catalogue();
        catalogue
            .definitions
            .retain(|definition| definition.scope == Scope::Process);
        let dashboard = dashboard(&catalogue);
        assert_eq!(
            dashboard["templating"]["list"].as_array().map(Vec::len),
            Some(1)
        );
        assert!(!dashboard.to_string().contains("$component"));
    }
}
