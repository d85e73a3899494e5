//! The house rules that a compiler does not know. Each is a function over sources, with sources that it refuses.

/// Rust without its comments and the insides of its strings.
mod code;

/// The sources of the workspace, and which of them are tests.
mod source;

/// Who may know whom.
mod imports;

/// Where unsafe code and serde may be.
mod places;

/// How a file looks.
mod files;

use source::Source;

/// Fails with every fault at once.
fn hold(faults: &[String]) {
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

/// A rule that must refuse a source, for a reason that names this.
fn refuses(rule: impl Fn(&[Source]) -> Vec<String>, path: &str, text: &str, names: &str) {
    let faults = rule(&[Source::new(path, text)]);
    assert!(
        faults.iter().any(|fault| fault.contains(names)),
        "{path} with {text:?} should be refused for `{names}`, and gave {faults:?}"
    );
}

/// A rule that must have nothing against a source.
fn accepts(rule: impl Fn(&[Source]) -> Vec<String>, path: &str, text: &str) {
    hold(&rule(&[Source::new(path, text)]));
}
