//! One line made of pieces: as many as fit, and names that are shortened in the middle.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// As many pieces as fit, in their order, two spaces between them. Later pieces are left out first.
pub(super) fn fitting<'a>(
    pieces: impl IntoIterator<Item = (String, Style)>,
    width: usize,
) -> Line<'a> {
    let mut line = Line::default();
    for (text, style) in pieces {
        let piece = Span::styled(text, style);
        let gap = if line.spans.is_empty() { " " } else { "  " };
        if line.width() + gap.len() + piece.width() > width {
            break;
        }
        line.push_span(gap);
        line.push_span(piece);
    }
    line
}

/// How many columns a text takes.
pub(super) fn width_of(text: &str) -> usize {
    Span::raw(text).width()
}

/// A text of exactly this width: filled up with spaces at its end, or shortened in its middle.
pub(super) fn exactly(text: &str, width: usize) -> String {
    let missing = |text: &str| width.checked_sub(Span::raw(text).width());
    if let Some(missing) = missing(text) {
        return format!("{text}{}", " ".repeat(missing));
    }
    // Wide characters make it a search: characters leave the middle until the rest fits.
    let characters: Vec<char> = text.chars().collect();
    for kept in (0..characters.len()).rev() {
        let (head, tail) = (kept.div_ceil(2), kept / 2);
        let shortened: String = characters[..head]
            .iter()
            .chain(&['…'])
            .chain(&characters[characters.len() - tail..])
            .collect();
        if let Some(missing) = missing(&shortened) {
            return format!("{shortened}{}", " ".repeat(missing));
        }
    }
    " ".repeat(width)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_both_ends() {
        assert_eq!(exactly("store", 8), "store   ");
        assert_eq!(exactly("payments-eu-west-7", 10), "payme…st-7");
        assert_eq!(exactly("payments", 1), "…");
        assert_eq!(exactly("payments", 0), "");
    }

    #[test]
    fn wide_characters_are_measured() {
        assert_eq!(exactly("倉庫", 6), "倉庫  ");
        assert_eq!(exactly("倉庫倉庫", 6), "倉…庫 ");
    }

    #[test]
    fn pieces_that_do_not_fit_are_left_out() {
        let pieces = || ["one", "two", "three"].map(|text| (text.to_owned(), Style::new()));
        assert_eq!(fitting(pieces(), 10).to_string(), " one  two");
        assert_eq!(fitting(pieces(), 16).to_string(), " one  two  three");
        assert_eq!(fitting(pieces(), 3).to_string(), "");
    }
}
