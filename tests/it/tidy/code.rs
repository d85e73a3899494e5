//! Rust without its comments and the insides of its strings.

/// Blanks comments and the insides of strings and characters.
pub(crate) fn code(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => block_comment(rest),
            '"' => string(rest, 1),
            'r' | 'b' | 'c' if !follows_word(&code) => prefixed_string(rest),
            '\'' => character(rest),
            _ => 0,
        };
        if length == 0 {
            code.push(c);
            rest = &rest[c.len_utf8()..];
        } else {
            let blanked = &rest[..length];
            code.extend(blanked.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
            rest = &rest[length..];
        }
    }
    code
}

fn follows_word(code: &str) -> bool {
    code.ends_with(|c: char| c.is_alphanumeric() || c == '_')
}

/// The length of a block comment; they nest.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    at
}

/// The length of a string with escapes that starts at `start - 1`.
fn string(text: &str, start: usize) -> usize {
    let mut escaped = false;
    for (at, c) in text[start..].char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return start + at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of a raw, byte or C string; 0 where there is none.
fn prefixed_string(text: &str) -> usize {
    let letters = text.find(|c| !matches!(c, 'r' | 'b' | 'c')).unwrap_or(0);
    if letters > 2 {
        return 0;
    }
    let rest = &text[letters..];
    let raw = text[..letters].contains('r');
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    if !rest[hashes..].starts_with('"') || (hashes > 0 && !raw) {
        return 0;
    }
    let start = letters + hashes + 1;
    if !raw {
        return string(text, start);
    }
    let end = format!("\"{}", "#".repeat(hashes));
    text[start..]
        .find(&end)
        .map_or(text.len(), |at| start + at + end.len())
}

/// The length of a character; 0 for a lifetime.
fn character(text: &str) -> usize {
    let mut inside = text[1..].char_indices();
    match inside.next() {
        Some((_, '\\')) => {
            // What is escaped may be a quote.
            let after = inside.nth(1).map_or(text.len(), |(at, _)| at + 1);
            text[after..]
                .find('\'')
                .map_or(text.len(), |at| after + at + 1)
        }
        Some((_, c)) if text[1 + c.len_utf8()..].starts_with('\'') => 2 + c.len_utf8(),
        _ => 0,
    }
}

#[test]
fn comments_and_strings_are_no_code() {
    for (text, words) in [
        ("let a = 1; // unsafe\nb", vec!["let", "a", "1", "b"]),
        ("a /* unsafe /* nested */ unsafe */ b", vec!["a", "b"]),
        (r#"a("un\"safe", 'x') b"#, vec!["a", "b"]),
        (
            r###"a(r#"unsafe " unsafe"#, b"unsafe", br"unsafe\", c"unsafe") b"###,
            vec!["a", "b"],
        ),
        (r"a('\'', '\\', '\u{1F600}', '\n') b", vec!["a", "b"]),
        (
            "fn a<'b>(c: &'b str)",
            vec!["fn", "a", "b", "c", "b", "str"],
        ),
        ("barrier(\"unsafe\") r", vec!["barrier", "r"]),
    ] {
        let code = code(text);
        let found: Vec<_> = code.split(|c: char| !c.is_alphanumeric()).collect();
        let found: Vec<_> = found.into_iter().filter(|word| !word.is_empty()).collect();
        assert_eq!(found, words, "{text}");
        assert_eq!(code.lines().count(), text.lines().count());
    }
}
