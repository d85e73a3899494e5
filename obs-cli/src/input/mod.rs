//! What an operator can ask for, and what keys and the wheel mean.

/// The tables of keys.
mod table;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseEvent, MouseEventKind};

use crate::source::TraceFormat;

pub(crate) use table::{BINDINGS, EXPORTING, TYPING};

/// What an operator can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Ends the dashboard.
    Quit,
    /// One step back: closes the help, clears the filter, leaves the page; from the first page it ends the dashboard.
    Back,
    /// Opens what is selected.
    Open,
    /// Turns to the next of components, metrics, traces, open spans and bottlenecks.
    NextPage,
    /// Turns back.
    PreviousPage,
    /// Selects another row, or scrolls the help.
    Go(Motion),
    /// Selects the row of this number, counted from 0; opens it if it is selected already.
    Select(usize),
    /// Sorts by the next column.
    NextSort,
    /// Sorts by the column of this number, counted from 0.
    SortBy(usize),
    /// Sorts by the column of this number, or turns the order around if it does already.
    Heading(usize),
    /// Turns the order around.
    ReverseSort,
    /// Holds the figures still, or lets them go on.
    Pause,
    /// Opens or closes the help.
    Help,
    /// Shows the next colours.
    Theme,
    /// Begins to type a filter.
    Filter,
    /// Adds a letter to the filter.
    Type(char),
    /// Takes the last letter of the filter back.
    Erase,
    /// Ends typing, and keeps the filter.
    Accept,
    /// Ends typing, and clears the filter.
    Cancel,
    /// On the page of a trace: goes to the next span that has what is searched for, or is next on the critical path.
    Next,
    /// The same, the other way.
    Previous,
    /// Goes to the next span that failed.
    NextError,
    /// Goes to the previous span that failed.
    PreviousError,
    /// Shows the spans of the critical path alone, or all.
    OnlyCritical,
    /// Shows half the time.
    ZoomIn,
    /// Shows twice the time.
    ZoomOut,
    /// Shows all the time.
    ZoomAll,
    /// Shows an earlier time.
    Earlier,
    /// Shows a later time.
    Later,
    /// Asks in which format the trace is to be written to a file.
    Export,
    /// Writes it.
    ExportAs(TraceFormat),
    /// Does not write it.
    Stay,
}

/// What keys mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// What [`BINDINGS`] say.
    Pages,
    /// Letters of the filter, but for [`TYPING`].
    Typing,
    /// What [`EXPORTING`] says.
    Exporting,
}

/// Where to go in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Motion {
    /// One up.
    Up,
    /// One down.
    Down,
    /// One screen up.
    PageUp,
    /// One screen down.
    PageDown,
    /// To the first.
    Home,
    /// To the last.
    End,
}

/// Some keys that do one thing.
pub(crate) struct Binding {
    keys: &'static [Key],
    /// What they do. For [`Action::SortBy`], the key's place among `keys` is added.
    action: Action,
    /// How the keys are written.
    pub(crate) label: &'static str,
    /// The word in the footer, for keys that belong there.
    pub(crate) footer: Option<&'static str>,
    /// The same on the page of a trace.
    pub(crate) on_trace: Option<&'static str>,
    /// The sentence in the help.
    pub(crate) help: &'static str,
}

#[derive(PartialEq)]
struct Key {
    code: KeyCode,
    with_control: bool,
}

const fn key(code: KeyCode) -> Key {
    Key {
        code,
        with_control: false,
    }
}

const fn char(c: char) -> Key {
    key(KeyCode::Char(c))
}

const fn control(c: char) -> Key {
    Key {
        code: KeyCode::Char(c),
        with_control: true,
    }
}

/// The keys that were pressed: terminals send the same for Alt and a key as for Escape and, right after it, that key. Nothing has Alt
/// here, and no Escape may be lost.
pub(crate) fn apart(event: KeyEvent) -> impl Iterator<Item = KeyEvent> {
    let has_alt = event.modifiers.contains(KeyModifiers::ALT);
    let escape = (has_alt && event.kind == KeyEventKind::Press)
        .then(|| KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE));
    let key = KeyEvent {
        modifiers: event.modifiers.difference(KeyModifiers::ALT),
        ..event
    };
    escape.into_iter().chain([key])
}

/// What a key event asks for, if anything.
pub(crate) fn action(event: KeyEvent, mode: Mode) -> Option<Action> {
    match mode {
        Mode::Pages => return bound(BINDINGS, event),
        Mode::Exporting => return bound(EXPORTING, event),
        Mode::Typing => {}
    }
    let is_letter = event.modifiers.difference(KeyModifiers::SHIFT).is_empty()
        && event.kind != KeyEventKind::Release;
    bound(TYPING, event).or(match event.code {
        KeyCode::Char(letter) if is_letter => Some(Action::Type(letter)),
        _ => None,
    })
}

/// What a turn of the wheel asks for; clicks are for whoever knows what stands where.
pub(crate) fn wheel(event: MouseEvent) -> Option<Action> {
    match event.kind {
        MouseEventKind::ScrollDown => Some(Action::Go(Motion::Down)),
        MouseEventKind::ScrollUp => Some(Action::Go(Motion::Up)),
        _ => None,
    }
}

fn bound(bindings: &[Binding], event: KeyEvent) -> Option<Action> {
    let foreign = event
        .modifiers
        .difference(KeyModifiers::SHIFT | KeyModifiers::CONTROL);
    if event.kind == KeyEventKind::Release || !foreign.is_empty() {
        return None;
    }
    let pressed = Key {
        code: event.code,
        with_control: event.modifiers.contains(KeyModifiers::CONTROL),
    };
    bindings.iter().find_map(|binding| {
        let place = binding.keys.iter().position(|key| *key == pressed)?;
        Some(match binding.action {
            Action::SortBy(first) => Action::SortBy(first + place),
            action => action,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pressed(code: KeyCode, modifiers: KeyModifiers) -> Option<Action> {
        action(KeyEvent::new(code, modifiers), Mode::Pages)
    }

    #[test]
    fn no_key_is_bound_twice() {
        for bindings in [BINDINGS, TYPING, EXPORTING] {
            let keys: Vec<&Key> = bindings.iter().flat_map(|binding| binding.keys).collect();
            for (i, key) in keys.iter().enumerate() {
                assert!(!keys[..i].contains(key), "{:?} is bound twice", key.code);
            }
        }
    }

    #[test]
    fn promised_keys_do_what_they_promise() {
        use KeyCode::{Char, Down, End, Esc, Home, PageDown, PageUp, Up};
        let promised = [
            (Char('q'), Action::Quit),
            (Esc, Action::Back),
            (Char('?'), Action::Help),
            (Char('p'), Action::Pause),
            (Char('s'), Action::NextSort),
            (Char('S'), Action::ReverseSort),
            (Up, Action::Go(Motion::Up)),
            (Char('k'), Action::Go(Motion::Up)),
            (Down, Action::Go(Motion::Down)),
            (Char('j'), Action::Go(Motion::Down)),
            (PageUp, Action::Go(Motion::PageUp)),
            (PageDown, Action::Go(Motion::PageDown)),
            (Home, Action::Go(Motion::Home)),
            (End, Action::Go(Motion::End)),
            (Char('1'), Action::SortBy(0)),
            (Char('9'), Action::SortBy(8)),
            (Char('0'), Action::SortBy(9)),
            (KeyCode::Enter, Action::Open),
            (KeyCode::Tab, Action::NextPage),
            (Char('/'), Action::Filter),
            (Char('T'), Action::Theme),
        ];
        for (code, action) in promised {
            assert_eq!(pressed(code, KeyModifiers::NONE), Some(action), "{code:?}");
        }
    }

    #[test]
    fn control_c_quits_and_c_alone_does_not() {
        assert_eq!(
            pressed(KeyCode::Char('c'), KeyModifiers::CONTROL),
            Some(Action::Quit)
        );
        assert_eq!(
            pressed(KeyCode::Char('c'), KeyModifiers::NONE),
            Some(Action::OnlyCritical)
        );
    }

    #[test]
    fn modifiers_are_respected() {
        assert_eq!(
            pressed(KeyCode::Char('S'), KeyModifiers::SHIFT),
            Some(Action::ReverseSort)
        );
        assert_eq!(pressed(KeyCode::Char('q'), KeyModifiers::ALT), None);
        assert_eq!(pressed(KeyCode::Char('s'), KeyModifiers::CONTROL), None);
    }

    #[test]
    fn a_key_right_after_escape_comes_with_alt_and_neither_is_lost() {
        let tab = KeyEvent::new(KeyCode::Tab, KeyModifiers::ALT);
        let keys: Vec<_> = apart(tab).map(|key| (key.code, key.modifiers)).collect();
        let none = KeyModifiers::NONE;
        assert_eq!(keys, [(KeyCode::Esc, none), (KeyCode::Tab, none)]);
        let alone = KeyEvent::new(KeyCode::Char('S'), KeyModifiers::SHIFT);
        assert!(apart(alone).eq([alone]));
    }

    #[test]
    fn letting_go_of_a_key_does_nothing() {
        let released = KeyEvent::new_with_kind(
            KeyCode::Char('q'),
            KeyModifiers::NONE,
            KeyEventKind::Release,
        );
        assert_eq!(action(released, Mode::Pages), None);
        assert_eq!(action(released, Mode::Typing), None);
    }

    #[test]
    fn letters_are_letters_while_a_filter_is_typed() {
        let typed = |code, modifiers| action(KeyEvent::new(code, modifiers), Mode::Typing);
        let none = KeyModifiers::NONE;
        for (code, modifiers, expected) in [
            (KeyCode::Char('q'), none, Some(Action::Type('q'))),
            (
                KeyCode::Char('Q'),
                KeyModifiers::SHIFT,
                Some(Action::Type('Q')),
            ),
            (KeyCode::Char(' '), none, Some(Action::Type(' '))),
            (KeyCode::Char('x'), KeyModifiers::CONTROL, None),
            (
                KeyCode::Char('c'),
                KeyModifiers::CONTROL,
                Some(Action::Cancel),
            ),
            (KeyCode::Enter, none, Some(Action::Accept)),
            (KeyCode::Esc, none, Some(Action::Cancel)),
            (KeyCode::Backspace, none, Some(Action::Erase)),
            (KeyCode::Tab, none, None),
        ] {
            assert_eq!(typed(code, modifiers), expected, "{code:?}");
        }
    }

    #[test]
    fn the_wheel_moves_and_other_buttons_do_nothing_by_themselves() {
        let turned = |kind| {
            wheel(MouseEvent {
                kind,
                column: 0,
                row: 0,
                modifiers: KeyModifiers::NONE,
            })
        };
        assert_eq!(
            turned(MouseEventKind::ScrollDown),
            Some(Action::Go(Motion::Down))
        );
        assert_eq!(
            turned(MouseEventKind::ScrollUp),
            Some(Action::Go(Motion::Up))
        );
        assert_eq!(turned(MouseEventKind::Moved), None);
    }
}
