//! Where unsafe code and serde may be.

use crate::source::Source;
use crate::{accepts, hold, refuses};

/// Where unsafe code may be, and why.
const UNSAFE: [(&str, &str); 6] = [
    ("obs/src/record/", "the hot path"),
    ("obs/src/clock/", "one instruction"),
    ("tests/it/record/", "does what foreign code and fibers do"),
    (
        "ui-tests/pass/instrumented/",
        "functions that the macro must leave unsafe",
    ),
    (
        "ui-tests/pass/counter/recording-allocator.rs",
        "there is no allocator without it",
    ),
    (
        "tests/examples/assembly.rs",
        "functions that keep their names",
    ),
];

/// Packages whose root forbids unsafe code: there the compiler holds the rule, and the word is only quoted.
const FORBIDDING: [&str; 5] = [
    "obs-macros/src/lib.rs",
    "obs-cli/src/lib.rs",
    "obs-cli/src/main.rs",
    "examples/component-host/src/main.rs",
    "xtask/src/main.rs",
];

/// Packages, and the places in them where types may be serialised.
const SERDE: [(&str, &[&str]); 4] = [
    ("obs/", &[]),
    ("obs-macros/", &[]),
    (
        "obs-runtime/",
        &[
            "obs-runtime/src/api/",
            // Traces are stored and sent as they are.
            "obs-runtime/src/model/trace/",
            "obs-runtime/src/formats/",
            "obs-runtime/src/store/traces/",
        ],
    ),
    ("obs-cli/", &[]),
];

fn unsafe_code(sources: &[Source]) -> Vec<String> {
    let mut faults = Vec::new();
    for source in sources {
        let forbidden = FORBIDDING
            .iter()
            .any(|root| source.path.starts_with(package(root)));
        if forbidden
            || UNSAFE
                .iter()
                .any(|(place, _)| source.path.starts_with(place))
        {
            continue;
        }
        for (line, _) in source.words().filter(|(_, word)| *word == "unsafe") {
            faults.push(format!(
                "{}:{line}: unsafe code has no place here",
                source.path
            ));
        }
    }
    faults
}

fn package(root: &str) -> &str {
    &root[..root.find("src/").expect("a root lies in `src`")]
}

fn forbids(sources: &[Source]) -> Vec<String> {
    let roots = sources
        .iter()
        .filter(|source| FORBIDDING.contains(&source.path.as_str()));
    roots
        .filter(|source| !source.code.contains("#![forbid(unsafe_code)]"))
        .map(|source| format!("{}: `#![forbid(unsafe_code)]` is missing", source.path))
        .collect()
}

fn serde(sources: &[Source]) -> Vec<String> {
    let mut faults = Vec::new();
    for source in sources {
        let Some((_, places)) = SERDE
            .iter()
            .find(|(package, _)| source.path.starts_with(package))
        else {
            continue;
        };
        if places.iter().any(|place| source.path.starts_with(place)) {
            continue;
        }
        for (line, _) in source.words().filter(|(_, word)| *word == "serde") {
            faults.push(format!(
                "{}:{line}: serde belongs into obs-runtime/src/api, or where traces and files are",
                source.path
            ));
        }
    }
    faults
}

#[test]
fn unsafe_code_is_where_it_may_be() {
    hold(&unsafe_code(&Source::all()));
}

#[test]
fn unsafe_code_elsewhere_is_refused() {
    let text = "fn f() { unsafe { g() } }";
    refuses(
        unsafe_code,
        "obs/src/metric/counter.rs",
        text,
        "counter.rs:1",
    );
    refuses(
        unsafe_code,
        "obs-runtime/src/serve/file.rs",
        text,
        "no place",
    );
    refuses(unsafe_code, "tests/it/serve/main.rs", text, "no place");
    accepts(unsafe_code, "obs/src/record/slab.rs", text);
    accepts(
        unsafe_code,
        "obs/src/label.rs",
        "// unsafe\nconst A: &str = \"unsafe\"; #[expect(unsafe_code)]",
    );
}

#[test]
fn whole_packages_forbid_unsafe_code() {
    let sources = Source::all();
    for root in FORBIDDING {
        assert!(
            sources.iter().any(|source| source.path == root),
            "there is no {root}"
        );
    }
    hold(&forbids(&sources));
    refuses(
        forbids,
        "obs-macros/src/lib.rs",
        "//! Macros.",
        "is missing",
    );
    refuses(
        forbids,
        "obs-cli/src/lib.rs",
        "//! CLI.\n// #![forbid(unsafe_code)]",
        "is missing",
    );
}

#[test]
fn serialised_types_live_in_one_place() {
    hold(&serde(&Source::all()));
}

#[test]
fn serde_elsewhere_is_refused() {
    let text = "use serde::Serialize;";
    refuses(
        serde,
        "obs-runtime/src/model/series.rs",
        text,
        "series.rs:1",
    );
    refuses(
        serde,
        "obs/src/catalogue/definition.rs",
        "#[derive(serde::Serialize)]",
        "definition.rs:1",
    );
    accepts(serde, "obs-runtime/src/api/snapshot.rs", text);
    accepts(serde, "obs-runtime/src/formats/chrome/events.rs", text);
    accepts(serde, "obs-runtime/src/model/series.rs", "// serde");
}
