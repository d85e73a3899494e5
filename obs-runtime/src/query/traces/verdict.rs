//! Yes, no, or not to be said: what a summary of a trace can answer.

/// Whether something holds, as far as it can be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It holds.
    Yes,
    /// It does not.
    No,
    /// The whole trace must be looked at.
    Maybe,
}

impl From<bool> for Verdict {
    fn from(holds: bool) -> Verdict {
        if holds { Verdict::Yes } else { Verdict::No }
    }
}

impl Verdict {
    /// Whether the opposite holds.
    pub(crate) fn opposite(self) -> Verdict {
        match self {
            Verdict::Yes => Verdict::No,
            Verdict::No => Verdict::Yes,
            Verdict::Maybe => Verdict::Maybe,
        }
    }

    /// Whether all hold; asks no further than a `No`.
    pub(crate) fn all(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
        let mut all = Verdict::Yes;
        for verdict in verdicts {
            match verdict {
                Verdict::No => return Verdict::No,
                Verdict::Maybe => all = Verdict::Maybe,
                Verdict::Yes => {}
            }
        }
        all
    }

    /// Whether one holds; asks no further than a `Yes`.
    pub(crate) fn any(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
        let mut any = Verdict::No;
        for verdict in verdicts {
            match verdict {
                Verdict::Yes => return Verdict::Yes,
                Verdict::Maybe => any = Verdict::Maybe,
                Verdict::No => {}
            }
        }
        any
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict::{self, Maybe, No, Yes};

    #[test]
    fn what_cannot_be_said_stays_so_unless_another_decides() {
        assert_eq!(Verdict::all([Yes, Maybe]), Maybe);
        assert_eq!(Verdict::all([Maybe, No]), No);
        assert_eq!(Verdict::all([]), Yes);
        assert_eq!(Verdict::any([No, Maybe]), Maybe);
        assert_eq!(Verdict::any([Maybe, Yes]), Yes);
        assert_eq!(Verdict::any([]), No);
        assert_eq!(Maybe.opposite(), Maybe);
    }
}
