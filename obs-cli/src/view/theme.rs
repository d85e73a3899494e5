//! Colours, or their replacement: nothing is said by colour alone.

use ratatui::style::{Color, Modifier, Style};

use crate::state::Theme;

/// How the parts of the screen look. Colours are the terminal's own sixteen, so that light and dark backgrounds both work.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    pub(super) theme: Theme,
}

impl Look {
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
        self.coloured_or(Color::Green, Color::Blue, Modifier::BOLD)
    }

    /// Something deserves a look.
    pub(super) fn warning(self) -> Style {
        self.coloured_or(Color::Yellow, Color::Yellow, Modifier::BOLD)
    }

    /// Something is wrong.
    pub(super) fn bad(self) -> Style {
        let style = self.coloured_or(Color::Red, Color::Magenta, Modifier::BOLD);
        // Where hues cannot be told from one another, the worst has a line of its own.
        match self.theme {
            Theme::Colour => style,
            Theme::ColourBlind | Theme::Monochrome => style.add_modifier(Modifier::UNDERLINED),
        }
    }

    /// Bars and heat.
    pub(super) fn ink(self) -> Style {
        match self.theme {
            Theme::Colour => Style::new().fg(Color::Cyan),
            Theme::ColourBlind => Style::new().fg(Color::Blue),
            Theme::Monochrome => Style::new(),
        }
    }

    /// What a trace waited for.
    pub(super) fn critical(self) -> Style {
        self.ink().add_modifier(Modifier::BOLD)
    }

    fn coloured_or(self, colour: Color, blind: Color, replacement: Modifier) -> Style {
        match self.theme {
            Theme::Colour => Style::new().fg(colour),
            Theme::ColourBlind => Style::new().fg(blind),
            Theme::Monochrome => Style::new().add_modifier(replacement),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THEMES: [Theme; 3] = [Theme::Colour, Theme::ColourBlind, Theme::Monochrome];

    #[test]
    fn without_colours_there_are_none() {
        let look = Look {
            theme: Theme::Monochrome,
        };
        for style in [
            look.heading(),
            look.selected(),
            look.quiet(),
            look.good(),
            look.warning(),
            look.bad(),
        ] {
            assert_eq!((style.fg, style.bg), (None, None));
            assert!(!style.add_modifier.is_empty());
        }
    }

    #[test]
    fn what_is_wrong_looks_different_in_every_theme() {
        for theme in THEMES {
            let look = Look { theme };
            for other in [look.good(), look.warning(), look.quiet(), Style::new()] {
                assert_ne!(look.bad(), other, "{theme:?}");
            }
        }
    }

    #[test]
    fn colour_blind_theme_has_neither_red_nor_green() {
        let look = Look {
            theme: Theme::ColourBlind,
        };
        for style in [look.good(), look.warning(), look.bad(), look.ink()] {
            assert!(!matches!(style.fg, Some(Color::Red | Color::Green)));
        }
    }
}
