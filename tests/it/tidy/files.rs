//! How a file looks: it says what lives in it, it is short, and it is finished.

use crate::source::Source;
use crate::{accepts, hold, refuses};

/// The most lines of code in a file, blank lines, comments and tests aside.
const MOST_LINES: usize = 450;

/// Longer files that are tables.
const TABLES: [&str; 1] = ["obs-macros/src/names.rs"];

/// Words of unfinished work, in halves, since this file is read as well.
const UNFINISHED: [[&str; 2]; 9] = [
    ["TO", "DO"],
    ["FIX", "ME"],
    ["XX", "X"],
    ["HA", "CK"],
    ["place", "holder"],
    ["for", " now"],
    ["simpli", "fied version"],
    ["not yet ", "implemented"],
    ["un", "implemented!"],
];

/// What a machine has, and another has not.
const OF_THIS_MACHINE: [[&str; 2]; 3] = [["/ro", "ot/"], ["/ho", "me/"], ["/wo", "rk/"]];

fn opening(sources: &[Source]) -> Vec<String> {
    sources
        .iter()
        .filter(|source| !source.text.starts_with("//! "))
        .map(|source| format!("{}:1: `//!` must say what lives in the file", source.path))
        .collect()
}

fn length(sources: &[Source]) -> Vec<String> {
    let mut faults = Vec::new();
    for source in sources {
        let code = source.code_beside_tests().lines();
        let lines = code.filter(|line| !line.trim().is_empty()).count();
        if lines > MOST_LINES && !TABLES.contains(&source.path.as_str()) {
            faults.push(format!(
                "{}: {lines} lines of code; which is the second idea?",
                source.path
            ));
        }
    }
    faults
}

fn finished(sources: &[Source]) -> Vec<String> {
    let unfinished = UNFINISHED
        .iter()
        .map(|halves| (halves, "is of unfinished work"));
    let foreign = OF_THIS_MACHINE
        .iter()
        .map(|halves| (halves, "is of this machine"));
    let words: Vec<_> = unfinished
        .chain(foreign)
        .map(|(halves, why)| (halves.concat(), why))
        .collect();
    let mut faults = Vec::new();
    for source in sources {
        for (number, line) in source.text.lines().enumerate() {
            for (word, why) in words.iter().filter(|(word, _)| has(line, word)) {
                faults.push(format!("{}:{}: `{word}` {why}", source.path, number + 1));
            }
        }
    }
    faults
}

/// Whether a line has these words, and not as a part of longer ones.
fn has(line: &str, words: &str) -> bool {
    line.match_indices(words).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + words.len()..].chars().next();
        let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        !joins(before) && (!joins(after) || words.ends_with('/'))
    })
}

#[test]
fn a_file_opens_with_what_lives_in_it() {
    hold(&opening(&Source::all()));
    refuses(
        opening,
        "obs/src/label.rs",
        "use std::fmt;\n//! Labels.",
        "label.rs:1",
    );
    refuses(opening, "obs/src/label.rs", "// Labels.", "must say");
    refuses(opening, "obs/src/label.rs", "", "must say");
}

#[test]
fn a_file_has_one_idea() {
    hold(&length(&Source::all()));
    let statements = |lines: usize| "f();\n".repeat(lines);
    refuses(
        length,
        "obs/src/label.rs",
        &statements(MOST_LINES + 1),
        "second idea",
    );
    accepts(length, "obs/src/label.rs", &statements(MOST_LINES));
    accepts(length, "obs/src/label.rs", &"// why\n\n".repeat(MOST_LINES));
    let tested = format!(
        "f();\n#[cfg(test)]\nmod tests {{\n{}}}\n",
        statements(MOST_LINES)
    );
    accepts(length, "obs/src/label.rs", &tested);
}

#[test]
fn work_is_finished() {
    hold(&finished(&Source::all()));
    hold(&finished(&Source::pages()));
    for halves in UNFINISHED.iter().chain(&OF_THIS_MACHINE) {
        let word = halves.concat();
        refuses(
            finished,
            "obs/src/label.rs",
            &format!("f(); // {word} x"),
            &word,
        );
    }
    accepts(
        finished,
        "obs/src/label.rs",
        "// before nowhere, a path of /metrics/root/x",
    );
}
