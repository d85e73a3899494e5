//! The alternate screen in raw mode: entered once, left exactly once, by drop or by the panic hook.

use std::io::{self, IsTerminal, Stdout};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, ThreadId};

use anyhow::{Context, Result, ensure};
use crossterm::event::{DisableMouseCapture, EnableMouseCapture};
use crossterm::style::force_color_output;
use crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;

use super::panics;

/// The thread whose dashboard is on the screen. Written on entering and leaving; read by the panic hook.
static OWNER: Mutex<Option<ThreadId>> = Mutex::new(None);

/// The terminal while a dashboard has it.
pub(crate) struct Screen {
    terminal: Terminal<CrosstermBackend<Stdout>>,
    _way_back: WayBack,
}

/// Gives the terminal back when dropped.
struct WayBack;

impl Screen {
    /// Takes the terminal over, with or without its mouse.
    ///
    /// # Errors
    ///
    /// Standard input or output is no terminal, a dashboard is open already, or the terminal refuses.
    pub(crate) fn enter(mouse: bool) -> Result<Screen> {
        ensure!(
            io::stdin().is_terminal() && io::stdout().is_terminal(),
            "the dashboard needs a terminal on standard input and output: run it without redirecting either, or use the program without its dashboard"
        );
        ensure!(
            !is_dumb(),
            "the terminal cannot be drawn on, says TERM=dumb: open another, name its kind in TERM, or use the program without its \
             dashboard"
        );
        panics::watch();
        let way_back = WayBack::claim()?;
        enable_raw_mode().context("cannot put the terminal into raw mode")?;
        execute!(io::stdout(), EnterAlternateScreen, cursor::Hide)
            .context("cannot open the terminal's alternate screen")?;
        if mouse {
            execute!(io::stdout(), EnableMouseCapture)
                .context("cannot ask the terminal for its mouse")?;
        }
        // crossterm follows NO_COLOR by writing an empty colour command, which resets bold and reverse too.
        // The theme follows NO_COLOR instead, by not using colours.
        force_color_output(true);
        let terminal = Terminal::new(CrosstermBackend::new(io::stdout()))
            .context("cannot read the terminal's size")?;
        Ok(Screen {
            terminal,
            _way_back: way_back,
        })
    }

    /// The terminal to draw on.
    pub(crate) fn terminal(&mut self) -> &mut Terminal<CrosstermBackend<Stdout>> {
        &mut self.terminal
    }
}

impl WayBack {
    fn claim() -> Result<WayBack> {
        let mut owner = OWNER.lock().unwrap_or_else(PoisonError::into_inner);
        ensure!(
            owner.is_none(),
            "a dashboard is open already in this process: close it before opening another"
        );
        *owner = Some(thread::current().id());
        Ok(WayBack)
    }
}

impl Drop for WayBack {
    fn drop(&mut self) {
        give_back();
        panics::tell_held();
    }
}

/// The thread whose dashboard is on the screen, if one is.
pub(super) fn owner() -> Option<ThreadId> {
    *OWNER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Gives the terminal back, unless that has happened.
pub(super) fn give_back() {
    let owner = OWNER.lock().unwrap_or_else(PoisonError::into_inner).take();
    if owner.is_none() {
        return;
    }
    // Nothing better can be done about a terminal that refuses: each step is tried on its own.
    let _ = execute!(io::stdout(), DisableMouseCapture);
    let _ = execute!(
        io::stdout(),
        crossterm::style::ResetColor,
        LeaveAlternateScreen,
        cursor::Show
    );
    let _ = disable_raw_mode();
    force_color_output(!no_colour());
}

/// Whether standard input and output are a terminal that can be drawn on.
pub(crate) fn is_there() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal() && !is_dumb()
}

/// Whether the terminal says that it understands no commands: it would show them as text.
fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|kind| kind == "dumb")
}

/// Whether the environment asks for no colours: `NO_COLOR` with any text in it.
pub(crate) fn no_colour() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|text| !text.is_empty())
}

/// Whether the locale of the environment can show more than ASCII; where no locale is named, terminals of today can.
pub(crate) fn is_utf8() -> bool {
    let named = |name| std::env::var(name).ok().filter(|text| !text.is_empty());
    names_utf8(["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(named))
}

fn names_utf8(locale: Option<String>) -> bool {
    locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales_tell_whether_they_have_more_than_ascii() {
        for (locale, is) in [
            (Some("en_US.UTF-8"), true),
            (Some("C.utf8"), true),
            (Some("C"), false),
            (Some("de_DE.ISO-8859-1"), false),
            (None, true),
        ] {
            assert_eq!(names_utf8(locale.map(str::to_owned)), is, "{locale:?}");
        }
    }

    // One test, because the claim is process-wide and `cargo test` runs tests side by side.
    #[test]
    fn screen_is_claimed_once_and_free_again() {
        let first = WayBack::claim().expect("nobody has the screen");
        assert_eq!(owner(), Some(thread::current().id()));
        let error = WayBack::claim().err().expect("a second claim is refused");
        assert!(
            error
                .to_string()
                .contains("close it before opening another"),
            "{error}"
        );
        drop(first);
        assert_eq!(owner(), None);
    }
}
