//! Who may know whom: the packages of each package, and the modules of each module.

use std::path::Path;

use crate::source::Source;
use crate::{accepts, hold, refuses};

/// A package, and those of this workspace that it may depend on, tests aside.
const PACKAGES: [(&str, &[&str]); 5] = [
    ("obs-macros", &[]),
    ("obs", &["obs-macros"]),
    ("obs-runtime", &["obs"]),
    ("obs-cli", &["obs-runtime"]),
    ("xtask", &[]),
];

/// What instrumented code has to build beside obs itself.
const DEPENDENCIES_OF_OBS: [&str; 6] = [
    "obs-macros",
    "foldhash",
    "hashbrown",
    "linkme",
    "pin-project-lite",
    "loom",
];

/// What it builds where a feature asks for it.
const OPTIONAL_OF_OBS: [&str; 1] = ["tracing"];

/// A module, and those it may know.
type Module = (&'static str, &'static [&'static str]);

/// A package's modules below its `lib.rs`, each with those it may know, tests aside. A stage never knows the next one,
/// and nothing knows the runtime but the builder that starts it. What lies below a module may know its siblings and what
/// the module may know.
const MODULES: [(&str, &[Module]); 4] = [
    (
        "obs",
        &[
            ("bounds", &[]),
            ("exponential", &[]),
            ("clock", &[]),
            ("label", &[]),
            ("number", &[]),
            ("callsite", &["catalogue", "record"]),
            (
                "catalogue",
                &["callsite", "exponential", "number", "record"],
            ),
            ("record", &["callsite", "catalogue", "number"]),
            ("component", &["record", "catalogue"]),
            ("observed", &["catalogue", "component", "number", "record"]),
            (
                "metric",
                &[
                    "bounds",
                    "callsite",
                    "catalogue",
                    "clock",
                    "component",
                    "exponential",
                    "label",
                    "number",
                    "observed",
                    "record",
                    "span",
                ],
            ),
            (
                "function",
                &["clock", "component", "label", "metric", "span"],
            ),
            ("span", &["catalogue", "clock", "component", "record"]),
            (
                "defined",
                &["bounds", "callsite", "catalogue", "metric", "number", "off"],
            ),
            // It knows what the root hands out, the handles of users, and the spans that only handles hold.
            ("host", &["span"]),
            ("off", &["bounds", "catalogue", "clock", "label", "number"]),
            (
                "collector",
                &[
                    "callsite",
                    "catalogue",
                    "clock",
                    "component",
                    "observed",
                    "record",
                    "span",
                ],
            ),
            (
                "private",
                &[
                    "bounds",
                    "callsite",
                    "catalogue",
                    "exponential",
                    "function",
                    "label",
                    "metric",
                    "number",
                    "off",
                    "span",
                ],
            ),
        ],
    ),
    (
        "obs-macros",
        &[
            (
                "programs",
                &["instrumented", "label_value", "metric", "span"],
            ),
            ("faults", &[]),
            ("units", &[]),
            ("arguments", &["faults"]),
            ("paths", &["arguments", "faults"]),
            ("names", &["faults", "metric", "units"]),
            (
                "metric",
                &["arguments", "faults", "names", "paths", "units"],
            ),
            ("label_value", &["arguments", "faults", "names", "paths"]),
            (
                "instrumented",
                &["arguments", "faults", "metric", "names", "paths", "span"],
            ),
            ("span", &["arguments", "faults", "paths"]),
        ],
    ),
    (
        "obs-runtime",
        &[
            ("model", &[]),
            ("formats", &["model"]),
            ("api", &["model"]),
            ("store", &["model"]),
            ("query", &["model", "store"]),
            ("bridge", &["model"]),
            ("collect", &["error", "model"]),
            ("evaluate", &["model"]),
            (
                "answer",
                &["api", "evaluate", "formats", "model", "query", "store"],
            ),
            (
                "serve",
                &["answer", "api", "error", "evaluate", "model", "query"],
            ),
            (
                "config",
                &[
                    "collect", "error", "evaluate", "model", "runtime", "serve", "store",
                ],
            ),
            ("error", &["model", "store"]),
            (
                "runtime",
                &[
                    "answer", "collect", "config", "error", "evaluate", "model", "query", "serve",
                    "store",
                ],
            ),
            ("test", &["collect", "error", "model"]),
        ],
    ),
    (
        "obs-cli",
        &[
            ("domain", &[]),
            ("filter", &[]),
            ("format", &[]),
            ("quantile", &[]),
            ("text", &[]),
            ("spans", &["format", "text"]),
            ("source", &[]),
            ("input", &["source"]),
            (
                "state",
                &[
                    "domain", "filter", "input", "quantile", "source", "spans", "text",
                ],
            ),
            (
                "view",
                &["format", "input", "quantile", "spans", "state", "text"],
            ),
            ("term", &[]),
            ("app", &["input", "source", "state", "term", "view"]),
            ("dashboard", &["app", "source", "state", "term"]),
            ("args", &["dashboard"]),
            ("client", &["dashboard", "text"]),
            (
                "commands",
                &[
                    "args",
                    "client",
                    "dashboard",
                    "domain",
                    "filter",
                    "format",
                    "quantile",
                    "spans",
                    "text",
                ],
            ),
            ("program", &["args", "client", "commands", "dashboard"]),
        ],
    ),
];

/// What the root of obs-runtime hands out under a shorter name, and where it lives.
const HANDED_OUT: [(&str, &str); 6] = [
    ("Runtime", "runtime"),
    ("Builder", "config"),
    ("Error", "error"),
    ("Place", "error"),
    ("Snapshot", "model"),
    ("Snapshots", "model"),
];

fn modules(sources: &[Source]) -> Vec<String> {
    let mut faults = Vec::new();
    for (package, table) in MODULES {
        let root = format!("{package}/src/");
        for source in sources {
            let Some(path) = source.path.strip_prefix(&root) else {
                continue;
            };
            if matches!(path, "lib.rs" | "main.rs") {
                continue;
            }
            let own = path.split(['/', '.']).next().unwrap_or_default();
            let own = own.trim_end_matches("_tests");
            let Some((_, known)) = table.iter().find(|(name, _)| *name == own) else {
                faults.push(format!(
                    "{}: no module `{own}` in the table of tests/it/tidy/imports.rs",
                    source.path
                ));
                continue;
            };
            let is_module = |name: &str| table.iter().any(|(module, _)| *module == name);
            for name in mentions(source, path) {
                let handed_out = HANDED_OUT.iter().find(|(short, _)| *short == name);
                let name = handed_out.map_or(name, |(_, module)| module);
                if is_module(name) && name != own && !known.contains(&name) {
                    faults.push(format!("{}: `{own}` may not know `{name}`", source.path));
                }
            }
        }
    }
    faults
}

/// The names that a file reaches from the root of its package: `crate::name`, `super::super::name`, and groups of them.
fn mentions<'a>(source: &'a Source, path: &str) -> Vec<&'a str> {
    let depth = path.trim_end_matches("/mod.rs").matches('/').count() + 1;
    let to_the_root = "super::".repeat(depth);
    let code = source.code_beside_tests();
    let mut names = Vec::new();
    for start in ["crate::", to_the_root.as_str()] {
        for (at, _) in code.match_indices(start) {
            let before = code[..at].chars().next_back();
            // `$crate` is the crate of whoever defines the macro; more `super` than that is another place.
            if before.is_some_and(|c| c == '$' || c == ':' || c.is_alphanumeric() || c == '_') {
                continue;
            }
            heads(&code[at + start.len()..], &mut names);
        }
    }
    names
}

/// The first names of a path, or of each path in a group: of `{a::b, c::{d, e}}` it is `a` and `c`.
fn heads<'a>(path: &'a str, into: &mut Vec<&'a str>) {
    let path = path.trim_start();
    let Some(group) = path.strip_prefix('{') else {
        let end = path.find(|c: char| !c.is_alphanumeric() && c != '_');
        into.push(&path[..end.unwrap_or(path.len())]);
        return;
    };
    let (mut depth, mut start) = (0, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            ',' | '}' if depth == 0 => {
                heads(&group[start..at], into);
                start = at + 1;
                if c == '}' {
                    return;
                }
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
}

/// The names under `[dependencies]` and `[target.….dependencies]`.
fn dependencies(manifest: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut inside = false;
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = line.ends_with("dependencies]")
                && !line.contains("dev-")
                && !line.contains("build-");
        } else if inside && !line.starts_with('#') {
            let name = line.split(['.', '=', ' ']).next().unwrap_or_default();
            if line.contains('=') {
                names.push(name);
            }
        }
    }
    names
}

fn is_optional(manifest: &str, name: &str) -> bool {
    let mut lines = manifest
        .lines()
        .filter(|line| line.starts_with(&format!("{name} = ")));
    lines.any(|line| line.contains("optional = true"))
}

fn packages(package: &str, manifest: &str) -> Vec<String> {
    let (_, may) = PACKAGES
        .iter()
        .find(|(name, _)| *name == package)
        .expect("it is in the table");
    let mut faults = Vec::new();
    for name in dependencies(manifest) {
        let ours = name.starts_with("obs") || name == "xtask" || name == "component-host";
        if ours && !may.contains(&name) {
            faults.push(format!("{package} may not depend on {name}"));
        }
        let asked_for = OPTIONAL_OF_OBS.contains(&name) && is_optional(manifest, name);
        if package == "obs" && !DEPENDENCIES_OF_OBS.contains(&name) && !asked_for {
            faults.push(format!("instrumented code would have to build {name}"));
        }
    }
    let bare =
        manifest.contains("default-features = false") && manifest.contains(r#"features = ["api"]"#);
    if package == "obs-cli" && !bare {
        faults.push("obs-cli knows obs-runtime by its feature `api` alone".to_owned());
    }
    faults
}

#[test]
fn modules_know_only_what_the_table_allows() {
    hold(&modules(&Source::all()));
}

#[test]
fn the_table_of_modules_can_refuse() {
    for (path, text, names) in [
        (
            "obs-runtime/src/collect/merger.rs",
            "use crate::serve::Server;",
            "`collect` may not know `serve`",
        ),
        (
            "obs-runtime/src/serve/router.rs",
            "use crate::{model::Snapshot, runtime::Runtime};",
            "know `runtime`",
        ),
        (
            "obs-runtime/src/serve/router.rs",
            "use crate::Runtime;",
            "`serve` may not know `runtime`",
        ),
        (
            "obs-runtime/src/serve/mod.rs",
            "use super::collect;",
            "know `collect`",
        ),
        (
            "obs-runtime/src/serve/exposition/body.rs",
            "use super::super::super::collect::Merger;",
            "know `collect`",
        ),
        (
            "obs-runtime/src/model/series.rs",
            "fn f() { crate::api::read() }",
            "`model` may not know `api`",
        ),
        ("obs-runtime/src/elsewhere.rs", "", "no module `elsewhere`"),
        (
            "obs/src/clock/mod.rs",
            "use crate::record::hot;",
            "`clock` may not know `record`",
        ),
        (
            "obs-cli/src/state/board.rs",
            "use crate::view;",
            "`state` may not know `view`",
        ),
    ] {
        refuses(modules, path, text, names);
    }
}

#[test]
fn the_table_of_modules_can_accept() {
    for (path, text) in [
        (
            "obs-runtime/src/serve/exposition/body.rs",
            "use super::super::wire; use crate::model::Snapshot;",
        ),
        (
            "obs-runtime/src/serve/router.rs",
            "// crate::collect\nconst A: &str = \"crate::collect\";",
        ),
        (
            "obs/src/bounds.rs",
            "macro_rules! a { () => { $crate::private::b() } }",
        ),
        ("obs/src/lib.rs", "use crate::record;"),
        ("obs/src/clock/tests.rs", "use crate::record;"),
        (
            "obs/src/clock/mod.rs",
            "f();\nmod tests {\nuse crate::record;\n}",
        ),
    ] {
        accepts(modules, path, text);
    }
}

#[test]
fn packages_depend_only_on_what_the_table_allows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("a workspace");
    for (package, _) in PACKAGES {
        let manifest = root.join(package).join("Cargo.toml");
        let manifest = std::fs::read_to_string(&manifest).expect("a package has a manifest");
        hold(&packages(package, &manifest));
    }
}

#[test]
fn the_table_of_packages_can_refuse() {
    for (package, manifest) in [
        ("obs", "[dependencies]\nobs-runtime.workspace = true"),
        ("obs", "[dependencies]\nserde = \"1\""),
        ("obs", "[dependencies]\ntracing = \"0.1\""),
        (
            "obs",
            "[target.'cfg(unix)'.dependencies]\ntokio = { version = \"1\" }",
        ),
        ("obs-macros", "[dependencies]\nobs = { path = \"../obs\" }"),
        ("obs-cli", "[dependencies]\nobs-runtime.workspace = true"),
    ] {
        assert!(
            !packages(package, manifest).is_empty(),
            "{package}: {manifest}"
        );
    }
    hold(&packages(
        "obs",
        "[dependencies]\nlinkme.workspace = true\ntracing = { workspace = true, optional = true }\n\n\
         [dev-dependencies]\nserde = \"1\"",
    ));
}
