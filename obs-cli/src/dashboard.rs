//! The dashboard's entry: options in, a terminal taken over and given back.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::Result;

pub use crate::source::{Source, TraceFormat, TraceQuestion};
pub use crate::state::Theme;

use crate::app::{self, Live};
use crate::source::Feed;
use crate::state::State;
use crate::term::{self, Screen, Signals, is_utf8, no_colour};

/// How often a snapshot is taken unless the options say otherwise.
pub const DEFAULT_INTERVAL: Duration = Duration::from_secs(1);

/// How far back error ratios and percentiles look unless the options say otherwise.
pub const DEFAULT_WINDOW: Duration = Duration::from_secs(10);

/// Whether a dashboard can open: standard input and output are a terminal, and not one of those that only print (`TERM=dumb`).
pub fn has_terminal() -> bool {
    term::is_there()
}

/// What a dashboard is told before it opens.
#[derive(Clone, Debug)]
pub struct Options {
    /// The program's name in the header. Default: `obs`.
    pub title: String,
    /// The pause between two snapshots. More means calmer figures, less means fresher ones; default
    /// [`DEFAULT_INTERVAL`].
    pub interval: Duration,
    /// How far back error ratios and percentiles look. More means steadier percentiles, less means that trouble shows
    /// and passes sooner; default [`DEFAULT_WINDOW`].
    pub window: Duration,
    /// The dashboard ends soon after this becomes true, whoever sets it. Default: a flag nobody else holds.
    pub stop: Arc<AtomicBool>,
    /// Whether SIGTERM, SIGINT and SIGHUP set `stop`; once the dashboard has ended they terminate the program as usual.
    /// For programs that have no signal handling of their own: one that has sets `stop` itself. Does nothing outside
    /// Unix. Default: false.
    pub signals: bool,
    /// The colours to begin with. Default: none if the environment says `NO_COLOR`, else those of the terminal.
    pub theme: Option<Theme>,
    /// Whether to draw with ASCII characters alone. Default: if the locale of the environment is not UTF-8.
    pub ascii: Option<bool>,
    /// Whether clicks and the wheel are for the dashboard. The terminal then selects text only while shift is held.
    /// Default: true.
    pub mouse: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            title: "obs".to_owned(),
            interval: DEFAULT_INTERVAL,
            window: DEFAULT_WINDOW,
            stop: Arc::default(),
            signals: false,
            theme: None,
            ascii: None,
            mouse: true,
        }
    }
}

/// Shows the dashboard until the operator quits or `options.stop` becomes true.
///
/// It takes over the terminal on standard input and output and gives it back when it returns, and also when this
/// thread panics. Panics of other threads do not end it: their messages are held back, because they would tear the
/// screen, and go to standard error once the terminal is given back (the last 20 of them). A panic hook the program
/// has set is called for this thread's panics, and for all panics when no dashboard is open. Whatever else the program
/// prints while the dashboard is open lands on the screen: log to a file meanwhile.
///
/// The source is called from a thread of its own, so a slow one never blocks a key. When the dashboard ends while the
/// source is being asked, it waits a second for the answer at most; the source is dropped whenever it comes.
///
/// # Errors
///
/// Standard input or output is no terminal, another dashboard is open in this process, or the terminal fails. An error
/// of the source is none of these: it is shown in the footer until a snapshot comes again.
///
/// # Examples
///
/// ```no_run
/// use obs_cli::dashboard::{self, Options, Source};
/// use obs_runtime::api::Snapshot;
///
/// struct Nothing;
///
/// impl Source for Nothing {
///     fn snapshot(&mut self) -> anyhow::Result<Snapshot> {
///         Ok(Snapshot::default())
///     }
/// }
///
/// fn main() -> anyhow::Result<()> {
///     dashboard::run(Nothing, Options { title: "nothing".to_owned(), ..Options::default() })
/// }
/// ```
pub fn run(source: impl Source + 'static, options: Options) -> Result<()> {
    let mut screen = Screen::enter(options.mouse)?;
    let _signals = Signals::watch(options.signals, &options.stop)?;
    let mut feed = Feed::start(source, options.interval)?;
    let mut state = State::new(options.title, options.interval, options.window);
    let theme = options.theme.or(no_colour().then_some(Theme::Monochrome));
    state.theme = theme.unwrap_or_default();
    state.ascii = options.ascii.unwrap_or_else(|| !is_utf8());
    let outcome = app::drive(
        &mut state,
        screen.terminal(),
        &mut Live::new(&mut feed, &options.stop),
    );
    // The terminal first: a source that is slow to end must not hold it.
    drop(screen);
    feed.end();
    outcome
}
