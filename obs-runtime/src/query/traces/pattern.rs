//! A text with `*`, looked for without regard to case and without allocating.

use std::fmt;

use super::token::Letter;

/// A text in which `*` stands for any characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    /// What stands before, between and after the `*`, in lower case; at least one.
    pieces: Vec<String>,
}

impl Pattern {
    /// Of a word's letters: a `*` after a backslash is one of the text.
    pub(super) fn of(word: &[Letter]) -> Pattern {
        let mut pieces = vec![String::new()];
        for Letter {
            letter, escaped, ..
        } in word
        {
            match (letter, pieces.last_mut()) {
                ('*', _) if !escaped => pieces.push(String::new()),
                (letter, Some(piece)) => piece.extend(letter.to_lowercase()),
                (_, None) => {}
            }
        }
        // `**` says no more than `*`.
        let last = pieces.len() - 1;
        let mut at = 0;
        pieces.retain(|piece| {
            at += 1;
            at == 1 || at == last + 1 || !piece.is_empty()
        });
        Pattern { pieces }
    }

    /// The pattern of what has this pattern somewhere in it.
    pub(super) fn somewhere(mut self) -> Pattern {
        if self.pieces.first().is_some_and(|piece| !piece.is_empty()) {
            self.pieces.insert(0, String::new());
        }
        if self.pieces.len() == 1 || self.pieces.last().is_some_and(|piece| !piece.is_empty()) {
            self.pieces.push(String::new());
        }
        self
    }

    /// Whether a text is like this, from beginning to end.
    pub(crate) fn is(&self, text: &str) -> bool {
        let Some((first, others)) = self.pieces.split_first() else {
            return text.is_empty();
        };
        let Some(mut rest) = after(text, first) else {
            return false;
        };
        let Some((last, middle)) = others.split_last() else {
            return rest.is_empty();
        };
        for piece in middle {
            match behind(rest, piece) {
                Some(found) => rest = found,
                None => return false,
            }
        }
        ends(rest, last)
    }

    /// Whether a text has this somewhere in it.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        let mut rest = text;
        self.pieces.iter().all(|piece| match behind(rest, piece) {
            Some(found) => {
                rest = found;
                true
            }
            None => false,
        })
    }
}

/// What follows a beginning of a text; `None` where it begins otherwise. `piece` is in lower case.
fn after<'t>(text: &'t str, piece: &str) -> Option<&'t str> {
    if piece.is_ascii() {
        let begin = text.as_bytes().get(..piece.len())?;
        let same = begin.eq_ignore_ascii_case(piece.as_bytes());
        return same.then(|| &text[piece.len()..]);
    }
    let mut wanted = piece.chars();
    let mut rest = text.chars();
    while !wanted.as_str().is_empty() {
        for lower in rest.next()?.to_lowercase() {
            if wanted.next() != Some(lower) {
                return None;
            }
        }
    }
    Some(rest.as_str())
}

/// What follows the first place at which a text has `piece`.
fn behind<'t>(text: &'t str, piece: &str) -> Option<&'t str> {
    let Some(first) = piece.bytes().next() else {
        return Some(text);
    };
    if piece.is_ascii() {
        let bytes = text.as_bytes();
        let last = bytes.len().checked_sub(piece.len())?;
        let same = |at: &usize| {
            bytes[*at].to_ascii_lowercase() == first
                && bytes[*at..*at + piece.len()].eq_ignore_ascii_case(piece.as_bytes())
        };
        let at = (0..=last).find(same)?;
        return Some(&text[at + piece.len()..]);
    }
    let mut places = text.char_indices();
    places.find_map(|(at, _)| after(&text[at..], piece))
}

/// Whether a text ends with `piece`.
fn ends(text: &str, piece: &str) -> bool {
    if piece.is_ascii() {
        let start = text.len().checked_sub(piece.len());
        let end = start.map(|start| &text.as_bytes()[start..]);
        return end.is_some_and(|end| end.eq_ignore_ascii_case(piece.as_bytes()));
    }
    let mut places = text.char_indices().rev();
    places.any(|(at, _)| after(&text[at..], piece) == Some(""))
}

/// Letters that need no quotes.
pub(super) fn is_plain(letter: char) -> bool {
    letter.is_alphanumeric()
        || matches!(letter, '_' | '.' | '-' | '/' | '+' | ',' | ';' | '@' | '%')
}

/// Writes a text such that it is read as it is: in quotes where it must be.
pub(super) fn write_text(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    if !text.is_empty() && text.chars().all(is_plain) {
        return f.write_str(text);
    }
    f.write_str("\"")?;
    write_escaped(f, text)?;
    f.write_str("\"")
}

fn write_escaped(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    for letter in text.chars() {
        if matches!(letter, '"' | '\\' | '*') {
            f.write_str("\\")?;
        }
        write!(f, "{letter}")?;
    }
    Ok(())
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |piece: &String| piece.chars().all(is_plain);
        let quotes = self.pieces == [""] || !self.pieces.iter().all(plain);
        let quote = if quotes { "\"" } else { "" };
        f.write_str(quote)?;
        for (index, piece) in self.pieces.iter().enumerate() {
            f.write_str(if index == 0 { "" } else { "*" })?;
            write_escaped(f, piece)?;
        }
        f.write_str(quote)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Pattern {
        let letter = |letter| Letter {
            letter,
            quoted: false,
            escaped: false,
        };
        Pattern::of(&text.chars().map(letter).collect::<Vec<_>>())
    }

    #[test]
    fn a_star_stands_for_any_characters() {
        for (like, text, is) in [
            ("storage.*", "storage.get", true),
            ("storage.*", "storage.", true),
            ("storage.*", "a storage.get", false),
            ("STORAGE.get", "storage.GET", true),
            ("*.get", "storage.get", true),
            ("s*g*t", "storage.get", true),
            ("s*g*t", "storage.ge", false),
            ("a*a", "a", false),
            ("a**b", "ab", true),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("größe*", "GRÖSSE", false),
            ("größe*", "GRÖßEN", true),
            ("*ÄÖ", "xäö", true),
        ] {
            assert_eq!(pattern(like).is(text), is, "{like} {text}");
        }
    }

    #[test]
    fn a_text_is_found_anywhere() {
        for (like, text, is) in [
            ("timed out", "it Timed Out at last", true),
            ("time*last", "it Timed Out at last", true),
            ("last*time", "it Timed Out at last", false),
            ("ö", "GRÖSSE", true),
            ("x", "", false),
            ("", "", true),
        ] {
            assert_eq!(pattern(like).is_in(text), is, "{like} {text}");
            assert_eq!(pattern(like).somewhere().is(text), is, "{like} {text}");
        }
    }

    #[test]
    fn patterns_are_written_as_they_are_read() {
        for (like, shown) in [
            ("a*b", "a*b"),
            ("a b*", "\"a b*\""),
            ("", "\"\""),
            ("***", "*"),
            ("\"", "\"\\\"\""),
        ] {
            assert_eq!(pattern(like).to_string(), shown);
        }
    }
}
