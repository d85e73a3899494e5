//! Labels as both text formats write them, escaped once and kept ready for every scrape.

/// The text of a few label sets, one after the other in one buffer.
///
/// An entry looks like `method="get",outcome="ok"`: no braces, no comma at the end, empty without labels.
#[derive(Debug, Default)]
pub(crate) struct LabelTexts {
    text: String,
    ends: Vec<usize>,
}

impl LabelTexts {
    /// Adds one label set as the next entry.
    pub(crate) fn push<'a>(&mut self, labels: impl IntoIterator<Item = (&'a str, &'a str)>) {
        let start = self.text.len();
        for (key, value) in labels {
            if self.text.len() > start {
                self.text.push(',');
            }
            push_label(&mut self.text, key, value);
        }
        self.ends.push(self.text.len());
    }

    /// Returns an entry, in the order of pushing.
    #[inline]
    pub(crate) fn get(&self, index: usize) -> &str {
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.text[start..self.ends[index]]
    }
}

/// Returns `key="value"` with the value escaped.
pub(crate) fn label_text(key: &str, value: &str) -> String {
    let mut text = String::with_capacity(key.len() + value.len() + 3);
    push_label(&mut text, key, value);
    text
}

fn push_label(text: &mut String, key: &str, value: &str) {
    text.push_str(key);
    text.push_str("=\"");
    push_escaped(text, value, true);
    text.push('"');
}

/// Appends `value` with backslash and line feed escaped, and the double quote where asked for.
///
/// Label values escape all three in both formats; HELP escapes the quote in OpenMetrics alone.
pub(crate) fn push_escaped(text: &mut String, value: &str, quote: bool) {
    text.extend(escaped(value, quote));
}

/// Appends `,key="value"` to an exposition, or without the comma at the start of labels.
pub(crate) fn push_label_bytes(out: &mut Vec<u8>, before: u8, key: &str, value: &str) {
    out.push(before);
    out.extend_from_slice(key.as_bytes());
    out.extend_from_slice(b"=\"");
    for piece in escaped(value, true) {
        out.extend_from_slice(piece.as_bytes());
    }
    out.push(b'"');
}

/// The pieces of an escaped text: what stands as it is, and what stands for a character.
fn escaped(value: &str, quote: bool) -> impl Iterator<Item = &str> {
    let mut rest = value;
    std::iter::from_fn(move || {
        let first = *rest.as_bytes().first()?;
        let (piece, taken) = match first {
            b'\\' => ("\\\\", 1),
            b'\n' => ("\\n", 1),
            b'"' if quote => ("\\\"", 1),
            _ => {
                let special = |byte: &u8| matches!(byte, b'\\' | b'\n') || (quote && *byte == b'"');
                let plain = rest.as_bytes().iter().position(special);
                let plain = plain.unwrap_or(rest.len());
                (&rest[..plain], plain)
            }
        };
        rest = &rest[taken..];
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_backslash_quote_and_line_feed() {
        assert_eq!(label_text("path", "C:\\a\n\"b\""), r#"path="C:\\a\n\"b\"""#);
    }

    #[test]
    fn help_keeps_its_quotes_in_the_old_format() {
        let mut text = String::new();
        push_escaped(&mut text, "a \"b\"\n\\", false);
        assert_eq!(text, r#"a "b"\n\\"#);
    }

    #[test]
    fn entries_are_found_by_order() {
        let mut texts = LabelTexts::default();
        texts.push([("a", "1"), ("b", "2")]);
        texts.push([]);
        texts.push([("c", "3")]);
        assert_eq!(texts.get(0), r#"a="1",b="2""#);
        assert_eq!(texts.get(1), "");
        assert_eq!(texts.get(2), r#"c="3""#);
    }
}
