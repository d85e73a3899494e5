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
    for character in value.chars() {
        match character {
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '"' if quote => text.push_str("\\\""),
            other => text.push(other),
        }
    }
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
