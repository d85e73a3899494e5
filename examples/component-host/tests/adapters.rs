//! The adapters are what a user copies: each stays short enough to be read at once.

use std::error::Error;
use std::path::Path;

/// The most lines of code in an adapter, imports included; comments and blank lines aside.
const MOST_LINES: usize = 30;

#[test]
fn an_adapter_has_at_most_thirty_lines() -> Result<(), Box<dyn Error>> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/adapters");
    let mut adapters = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        let lines = code(&std::fs::read_to_string(&path)?);
        assert!(lines <= MOST_LINES, "{}: {lines} lines", path.display());
        adapters.push(path.file_stem().ok_or("a name")?.to_owned());
    }
    for name in ["files", "kameo", "processes", "redb", "sockets", "wasmtime"] {
        assert!(adapters.iter().any(|adapter| adapter == name), "{name}");
    }
    Ok(())
}

fn code(text: &str) -> usize {
    let lines = text.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
        .count()
}

#[test]
fn comments_are_no_code() {
    assert_eq!(
        code("//! What.\n\nuse a;\n\n/// Does.\nfn f() {\n    // Why.\n    g();\n}\n"),
        4
    );
}
