//! The loop in a world that follows a script.

use std::collections::VecDeque;

use anyhow::anyhow;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::backend::TestBackend;

use obs_runtime::api::Snapshot;

use super::*;
use crate::source::Answer;
use crate::state::fixture;

/// What happens next in a scripted world.
enum Next {
    Key(KeyCode),
    Answer(Result<Snapshot>),
    /// Nothing, for this long.
    Quiet(Duration),
    Stop,
    Resize,
    TerminalGone,
}

struct Script {
    now: Instant,
    steps: VecDeque<Next>,
    stopped: bool,
    /// To questions.
    answers: Vec<Arrival>,
}

impl World for Script {
    fn now(&self) -> Instant {
        self.now
    }

    fn is_stopped(&self) -> bool {
        self.stopped
    }

    fn arrival(&mut self) -> Option<Arrival> {
        if let Some(answer) = self.answers.pop() {
            return Some(answer);
        }
        match self
            .steps
            .pop_front_if(|next| matches!(next, Next::Answer(_)))?
        {
            Next::Answer(answer) => Some(Arrival::Snapshot(answer)),
            _ => None,
        }
    }

    fn ask(&mut self, question: Question) {
        let payment = Box::new(fixture::traces::payment());
        let answer = match &question {
            Question::Traces(_) => Answer::Traces(Box::new(fixture::traces::list())),
            Question::Trace(_) => Answer::Trace(payment),
            other => panic!("nobody answers {other:?}"),
        };
        self.answers.push(Arrival::Answer(question, Ok(answer)));
    }

    fn event(&mut self, _wait: Duration) -> Result<Option<Event>> {
        match self
            .steps
            .pop_front_if(|next| !matches!(next, Next::Answer(_)))
        {
            Some(Next::Key(code)) => Ok(Some(Event::Key(KeyEvent::new(code, KeyModifiers::NONE)))),
            Some(Next::Resize) => Ok(Some(Event::Resize(1, 1))),
            Some(Next::TerminalGone) => Err(anyhow!("gone")),
            Some(Next::Stop) => {
                self.stopped = true;
                Ok(None)
            }
            Some(Next::Quiet(time)) => {
                self.now += time;
                Ok(None)
            }
            _ => Ok(None),
        }
    }
}

/// Runs the script; returns how it ended, and what the screen showed last.
fn play(steps: impl IntoIterator<Item = Next>) -> (Result<()>, State, String) {
    let mut world = Script {
        now: Instant::now(),
        steps: steps.into_iter().collect(),
        stopped: false,
        answers: Vec::new(),
    };
    let mut terminal =
        Terminal::new(TestBackend::new(80, 24)).expect("a test terminal never fails");
    let mut state = State::new(
        "test".to_owned(),
        Duration::from_secs(1),
        Duration::from_secs(10),
    );
    let outcome = drive(&mut state, &mut terminal, &mut world);
    (outcome, state, terminal.backend().to_string())
}

fn answers() -> impl Iterator<Item = Next> {
    fixture::host()
        .into_iter()
        .map(|snapshot| Next::Answer(Ok(snapshot)))
}

#[test]
fn figures_reach_the_screen_and_q_ends_it() {
    let quiet = Next::Quiet(Duration::from_millis(50));
    let (outcome, state, screen) = play(answers().chain([quiet, Next::Key(KeyCode::Char('q'))]));
    outcome.expect("quitting is no error");
    assert!(state.ended);
    assert!(screen.contains("1.27k msg/s"), "{screen}");
}

#[test]
fn stop_flag_ends_it() {
    let (outcome, state, _) = play([Next::Stop]);
    outcome.expect("being stopped is no error");
    assert!(!state.ended);
}

#[test]
fn trouble_shows_and_passes() {
    let quiet = || Next::Quiet(Duration::from_millis(50));
    let refused = || Next::Answer(Err(anyhow!("connection refused")));
    let (_, _, screen) = play(answers().chain([refused(), quiet(), Next::Stop]));
    assert!(screen.contains("no data: connection refused"), "{screen}");
    assert!(
        screen.contains("1.27k msg/s"),
        "the last figures stay: {screen}"
    );
    let (_, _, screen) = play(
        [refused()]
            .into_iter()
            .chain(answers())
            .chain([quiet(), Next::Stop]),
    );
    assert!(!screen.contains("refused"), "{screen}");
}

#[test]
fn screen_counts_the_seconds_without_data() {
    let (_, _, screen) = play(answers().chain([Next::Quiet(Duration::from_secs(7)), Next::Stop]));
    assert!(screen.contains("STALE 7s"), "{screen}");
}

#[test]
fn terminal_that_fails_ends_it_with_its_error() {
    let (outcome, _, _) = play([Next::Resize, Next::TerminalGone]);
    assert_eq!(
        outcome.expect_err("the terminal is gone").to_string(),
        "gone"
    );
}

#[test]
fn help_is_reached_by_its_key() {
    let (_, state, screen) = play(answers().chain([
        Next::Key(KeyCode::Char('?')),
        Next::Quiet(Duration::ZERO),
        Next::Stop,
    ]));
    assert_eq!(state.help, Some(0));
    assert!(screen.contains("quit (also Ctrl-C)"), "{screen}");
}

#[test]
fn traces_are_asked_for_by_the_page_that_shows_them() {
    let key = |code| [Next::Key(code), Next::Quiet(Duration::from_millis(50))];
    let steps = [KeyCode::Tab, KeyCode::Tab, KeyCode::End, KeyCode::Enter].map(key);
    let (_, state, screen) = play(
        answers()
            .chain(steps.into_iter().flatten())
            .chain([Next::Quiet(Duration::ZERO), Next::Stop]),
    );
    assert_eq!(state.rows(), 21, "{screen}");
    assert!(screen.contains("db.query"), "{screen}");
}
