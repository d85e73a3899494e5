//! The loop: snapshots, keys and time go into the state, frames come out.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use crossterm::event::{Event, MouseButton, MouseEventKind};
use ratatui::Terminal;
use ratatui::backend::Backend;
use ratatui::layout::Size;

use crate::input::{self, Action};
use crate::source::{Arrival, Feed, Question};
use crate::state::State;
use crate::term::keys;
use crate::view;

/// How long the loop waits for a key before it looks for snapshots again.
const WAIT: Duration = Duration::from_millis(50);

/// How long a screen may go unpainted: ages on it count seconds.
const REPAINT: Duration = Duration::from_secs(1);

/// What comes in from outside the loop: the one thing tests replace.
pub(crate) trait World {
    /// What time it is.
    fn now(&self) -> Instant;
    /// Whether someone else wants the dashboard to end.
    fn is_stopped(&self) -> bool;
    /// What the source has answered since the last call.
    fn arrival(&mut self) -> Option<Arrival>;
    /// Asks the source a question.
    fn ask(&mut self, question: Question);
    /// The next terminal event, if one comes within `wait`.
    fn event(&mut self, wait: Duration) -> Result<Option<Event>>;
}

/// Runs until the state has ended or the world has stopped.
pub(crate) fn drive<B>(
    state: &mut State,
    terminal: &mut Terminal<B>,
    world: &mut impl World,
) -> Result<()>
where
    B: Backend<Error: std::error::Error + Send + Sync + 'static>,
{
    let mut painted: Option<Instant> = None;
    while !state.ended && !world.is_stopped() {
        if let Some(question) = state.question(world.now()) {
            world.ask(question);
        }
        let size = terminal.size().context("cannot read the terminal's size")?;
        let changed = take_in(state, world, size, painted.is_some())?;
        let now = world.now();
        if changed
            || painted.is_none_or(|painted| now.saturating_duration_since(painted) >= REPAINT)
        {
            paint(state, terminal, now)?;
            painted = Some(now);
        }
    }
    Ok(())
}

/// Takes in what there is; says whether any of it may show. The first time it does not wait: an empty screen comes first.
fn take_in(state: &mut State, world: &mut impl World, size: Size, may_wait: bool) -> Result<bool> {
    let mut changed = false;
    let mut wait = if may_wait { WAIT } else { Duration::ZERO };
    // Keys before figures, and all of those that wait: held keys must not lag behind.
    while let Some(event) = world.event(wait)? {
        changed = true;
        wait = Duration::ZERO;
        for event in apart(event) {
            if let Some(action) = action(event, state, size) {
                state.apply(action);
                state.fit(view::page(size.width, size.height, state));
            }
            if state.ended || world.is_stopped() {
                return Ok(changed);
            }
        }
    }
    while let Some(arrival) = world.arrival() {
        changed = true;
        match arrival {
            Arrival::Snapshot(answer) => state.arrive(answer, world.now()),
            Arrival::Answer(question, answer) => state.answered(question, answer),
        }
    }
    Ok(changed)
}

/// The keys of an event, if it is of a key.
fn apart(event: Event) -> impl Iterator<Item = Event> {
    let (key, other) = match event {
        Event::Key(key) => (Some(key), None),
        other => (None, Some(other)),
    };
    let keys = key.into_iter().flat_map(input::apart);
    keys.map(Event::Key).chain(other)
}

/// What an event asks for: a key by itself, a click by what stands where it was.
fn action(event: Event, state: &State, size: Size) -> Option<Action> {
    match event {
        Event::Key(key) => input::action(key, state.mode()),
        Event::Mouse(mouse) => input::wheel(mouse).or_else(|| {
            let pressed = mouse.kind == MouseEventKind::Down(MouseButton::Left);
            let (x, y) = (mouse.column, mouse.row);
            pressed
                .then(|| view::action_at(size.width, size.height, state, x, y))
                .flatten()
        }),
        _ => None,
    }
}

fn paint<B>(state: &mut State, terminal: &mut Terminal<B>, now: Instant) -> Result<()>
where
    B: Backend<Error: std::error::Error + Send + Sync + 'static>,
{
    let size = terminal.size().context("cannot read the terminal's size")?;
    state.tick(now);
    state.fit(view::page(size.width, size.height, state));
    terminal
        .draw(|frame| view::draw(frame, state))
        .context("cannot draw on the terminal")?;
    Ok(())
}

/// The real world: this terminal, this clock, a feed and a stop flag.
pub(crate) struct Live<'a> {
    feed: &'a mut Feed,
    /// Written by signal handlers and by the host; read once per turn of the loop.
    stop: &'a AtomicBool,
}

impl<'a> Live<'a> {
    /// A world with this feed and this flag.
    pub(crate) fn new(feed: &'a mut Feed, stop: &'a AtomicBool) -> Live<'a> {
        Live { feed, stop }
    }
}

impl World for Live<'_> {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn is_stopped(&self) -> bool {
        // Relaxed: the flag says to end and publishes nothing else.
        self.stop.load(Ordering::Relaxed)
    }

    fn arrival(&mut self) -> Option<Arrival> {
        self.feed.arrival()
    }

    fn ask(&mut self, question: Question) {
        self.feed.ask(question);
    }

    fn event(&mut self, wait: Duration) -> Result<Option<Event>> {
        keys::next(wait).context("cannot read keys from the terminal")
    }
}

#[cfg(test)]
#[path = "app_tests.rs"]
mod tests;
