//! Text that selects by words: all of them must occur, those with a `!` in front must not.

/// Words that a text must have, or must not have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// In lower case, as case does not count.
    words: Vec<Word>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Word {
    text: String,
    wanted: bool,
}

impl Filter {
    /// Reads words between blanks. A lone `!` says nothing.
    pub(crate) fn of(text: &str) -> Filter {
        let words = text
            .split_whitespace()
            .map(|word| match word.strip_prefix('!') {
                Some(word) => Word {
                    text: word.to_lowercase(),
                    wanted: false,
                },
                None => Word {
                    text: word.to_lowercase(),
                    wanted: true,
                },
            });
        Filter {
            words: words.filter(|word| !word.text.is_empty()).collect(),
        }
    }

    /// Whether a text is selected.
    pub(crate) fn selects(&self, text: &str) -> bool {
        if self.words.is_empty() {
            return true;
        }
        let text = text.to_lowercase();
        self.words
            .iter()
            .all(|word| text.contains(&word.text) == word.wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_must_occur_and_no_unwanted_one() {
        for (filter, text, selected) in [
            ("", "anything", true),
            ("   ", "anything", true),
            ("LAT sec", "component_latency_seconds", true),
            ("latency bytes", "component_latency_seconds", false),
            ("!latency", "component_latency_seconds", false),
            ("comp !bytes", "component_latency_seconds", true),
            ("!", "anything", true),
            ("ÄÖ", "größe äöü", true),
        ] {
            assert_eq!(Filter::of(filter).selects(text), selected, "{filter:?}");
        }
    }
}
