//! The sources of the workspace, and which of them are tests.

use std::fs;
use std::path::Path;

use crate::code::code;

/// The folders that hold Rust.
const FOLDERS: [&str; 10] = [
    "obs",
    "obs-macros",
    "obs-runtime",
    "obs-cli",
    "examples",
    "tests",
    "benches",
    "fuzz",
    "ui-tests",
    "xtask",
];

/// A file.
pub(crate) struct Source {
    /// From the root of the workspace, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
    /// The text with comments and the insides of strings blanked out; lines stay where they are.
    pub(crate) code: String,
    /// Whether it is compiled for tests alone.
    pub(crate) test: bool,
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Source {
        Source {
            path: path.to_owned(),
            text: text.to_owned(),
            code: code(text),
            test: path.ends_with("/tests.rs") || path.ends_with("_tests.rs"),
        }
    }

    /// All Rust of the workspace.
    pub(crate) fn all() -> Vec<Source> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .expect("the tests lie in a folder of the workspace");
        let mut sources = Vec::new();
        for folder in FOLDERS {
            gather(root, &root.join(folder), "rs", &mut sources);
        }
        mark_tests(&mut sources);
        assert!(
            sources.len() > 100,
            "only {} sources were found",
            sources.len()
        );
        sources
    }

    /// All pages of the workspace.
    pub(crate) fn pages() -> Vec<Source> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .expect("the tests lie in a folder of the workspace");
        let mut pages = Vec::new();
        for page in [
            "ARCHITECTURE.md",
            "CHANGELOG.md",
            "CONTRIBUTING.md",
            "README.md",
        ] {
            if let Ok(text) = fs::read_to_string(root.join(page)) {
                pages.push(Source::new(page, &text));
            }
        }
        gather(root, &root.join("docs"), "md", &mut pages);
        pages
    }

    /// The code without the tests at the end of a file; none of a file that holds tests alone.
    pub(crate) fn code_beside_tests(&self) -> &str {
        if self.test {
            return "";
        }
        let tests = self.code.find("\nmod tests {");
        &self.code[..tests.unwrap_or(self.code.len())]
    }

    /// The words of the code, with the line that each stands in, counted from 1.
    pub(crate) fn words(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code.lines().enumerate().flat_map(|(line, text)| {
            text.split(|c: char| !c.is_alphanumeric() && c != '_')
                .filter(|word| !word.is_empty())
                .map(move |word| (line + 1, word))
        })
    }
}

fn gather(root: &Path, folder: &Path, extension: &str, into: &mut Vec<Source>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.expect("the folder can be listed").path();
        if path.is_dir() {
            if path.file_name().is_none_or(|name| name != "target") {
                gather(root, &path, extension, into);
            }
        } else if path.extension().is_some_and(|found| found == extension) {
            let text = fs::read_to_string(&path).expect("a source is UTF-8");
            let path = path.strip_prefix(root).expect("it lies in the workspace");
            let path = path.to_string_lossy().replace('\\', "/");
            into.push(Source::new(&path, &text));
        }
    }
}

/// Marks the files that the module above declares under `#[cfg(test)]` or `#[cfg(all(test, …))]`.
fn mark_tests(sources: &mut [Source]) {
    let mut declared = Vec::new();
    for source in &*sources {
        let folder = source
            .path
            .rsplit_once('/')
            .map_or("", |(folder, _)| folder);
        for (condition, after) in conditions(&source.code) {
            let declaration = after.trim_start().strip_prefix("mod ");
            let name = declaration.and_then(|rest| rest.split_once(';'));
            if let (true, Some((name, _))) = (condition.contains("test"), name) {
                declared.push(format!("{folder}/{name}.rs"));
            }
        }
    }
    for source in sources {
        source.test |= declared.contains(&source.path);
    }
}

/// What `#[cfg(…)]` asks for, and the code after it.
fn conditions(code: &str) -> impl Iterator<Item = (&str, &str)> {
    code.split("#[cfg(")
        .skip(1)
        .filter_map(|rest| rest.split_once(")]"))
}

#[test]
fn what_the_module_above_declares_for_tests_is_a_test() {
    let mut sources = [
        Source::new(
            "a/mod.rs",
            "#[cfg(test)]\nmod b;\nmod c;\n#[cfg(all(test, unix))]\nmod d;",
        ),
        Source::new("a/b.rs", ""),
        Source::new("a/d.rs", ""),
        Source::new("a/c.rs", ""),
    ];
    mark_tests(&mut sources);
    assert_eq!(
        sources.map(|source| source.test),
        [false, true, true, false]
    );
}
