//! The adapters are what a user copies: each stays short enough to be read at once.

use std::error::Error;
use std::path::Path;

/// The most lines of code in an adapter; comments, blank lines and imports aside.
const MOST_LINES: usize = 30;

#[test]
fn an_adapter_has_at_most_thirty_lines() -> Result<(), Box<dyn Error>> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/adapters");
    let mut seen = 0;
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        let text = std::fs::read_to_string(&path)?;
        assert!(text.starts_with("//! "), "{}", path.display());
        let lines = code(&text);
        assert!(lines <= MOST_LINES, "{}: {lines} lines", path.display());
        seen += 1;
    }
    assert!(seen > 6, "wasmtime, kameo, redb, files, processes, sockets");
    Ok(())
}

fn code(text: &str) -> usize {
    let lines = text.lines().map(str::trim);
    let mut importing = false;
    lines
        .filter(|line| {
            let begins = line.starts_with("use ");
            let imports = importing || begins;
            importing = imports && !line.ends_with(';');
            !imports && !line.is_empty() && !line.starts_with("//")
        })
        .count()
}

#[test]
fn imports_and_comments_are_no_code() {
    let text = "//! What.\n\nuse a::{\n    b,\n};\nuse c;\n\n/// Does.\nfn f() {\n    g();\n}\n";
    assert_eq!(code(text), 3);
}
