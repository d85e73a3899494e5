//! Colours, or their replacement: nothing is said by colour alone.

use ratatui::style::{Color, Modifier, Style};

use crate::term::no_colour;

/// How the parts of the screen look. Colours are the terminal's own sixteen, so that light and dark backgrounds both work.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Theme {
    coloured: bool,
}

impl Theme {
    /// The theme that was asked for, or the one the environment wants.
    pub(crate) fn chosen(coloured: Option<bool>) -> Theme {
        Theme {
            coloured: coloured.unwrap_or_else(|| !no_colour()),
        }
    }

    /// Titles of columns and of parts.
    pub(super) fn heading(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// The selected row.
    pub(super) fn selected(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// What is there for completeness.
    pub(super) fn quiet(self) -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }

    /// All is well.
    pub(super) fn good(self) -> Style {
        self.coloured_or_bold(Color::Green)
    }

    /// Something deserves a look.
    pub(super) fn warning(self) -> Style {
        self.coloured_or_bold(Color::Yellow)
    }

    /// Something is wrong.
    pub(super) fn bad(self) -> Style {
        self.coloured_or_bold(Color::Red)
    }

    fn coloured_or_bold(self, colour: Color) -> Style {
        if self.coloured {
            Style::new().fg(colour)
        } else {
            self.heading()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_colours_there_are_none() {
        let mono = Theme::chosen(Some(false));
        for style in [
            mono.heading(),
            mono.selected(),
            mono.quiet(),
            mono.good(),
            mono.warning(),
            mono.bad(),
        ] {
            assert_eq!((style.fg, style.bg), (None, None));
            assert!(!style.add_modifier.is_empty());
        }
        assert_eq!(Theme::chosen(Some(true)).bad().fg, Some(Color::Red));
    }
}
