//! How the screen is coloured: a choice of the operator's.

/// The colours of a dashboard. Nothing is said by colour alone in any of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// The terminal's own colours: green, yellow, red.
    #[default]
    Colour,
    /// Blue, yellow and magenta, which eyes that confuse red and green tell apart.
    ColourBlind,
    /// No colours: bold, underlined and reversed text.
    Monochrome,
}

impl Theme {
    /// The one after it, round and round.
    pub(super) fn next(self) -> Theme {
        match self {
            Theme::Colour => Theme::ColourBlind,
            Theme::ColourBlind => Theme::Monochrome,
            Theme::Monochrome => Theme::Colour,
        }
    }
}
