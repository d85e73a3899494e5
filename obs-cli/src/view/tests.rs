//! Screens as text, at the sizes people have.

use std::time::{Duration, Instant};

use anyhow::anyhow;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::Modifier;

use super::*;
use crate::input::{Action, Motion};
use crate::state::COLUMNS;
use crate::state::fixture::{self, at};

fn state() -> State {
    let mut state = State::new(
        "component-host".to_owned(),
        Duration::from_secs(1),
        Duration::from_secs(10),
    );
    let now = Instant::now();
    for snapshot in fixture::host() {
        state.arrive(Ok(snapshot), now);
    }
    state.tick(now);
    state
}

fn drawn(state: &mut State, width: u16, height: u16) -> ratatui::buffer::Buffer {
    let mut terminal =
        Terminal::new(TestBackend::new(width, height)).expect("a test terminal never fails");
    state.fit(page(width, height, state.help.is_some()));
    terminal
        .draw(|frame| draw(frame, state, &Theme::chosen(Some(true))))
        .expect("a test terminal never fails");
    terminal.backend().buffer().clone()
}

fn screen(state: &mut State, width: u16, height: u16) -> Vec<String> {
    let buffer = drawn(state, width, height);
    let line = |y| {
        (0..width)
            .map(|x| buffer[(x, y)].symbol())
            .collect::<String>()
    };
    (0..height)
        .map(|y| line(y).trim_end().replace('\u{a0}', " "))
        .collect()
}

#[test]
fn narrow_screen_keeps_what_is_needed_most() {
    assert_eq!(
        screen(&mut state(), 40, 10),
        [
            " component-host  LIVE  3 components",
            "▲component         msg/s  errors     p99",
            " flaky              20.0   25.0%  >100ms",
            " hash              1.00k      0%   990µs",
            " store               250      0%       –",
            "",
            "",
            "",
            " 1-3/3  +7 columns: widen  by component",
            " q quit  ? help  s sort  S reverse",
        ]
    );
}

#[test]
fn usual_screen_has_room_for_the_selected_component() {
    let screen = screen(&mut state(), 80, 24);
    assert_eq!(
        screen[..5],
        [
            " component-host  LIVE  3 components  1.27k msg/s  0.4% errors  up 1m 05s",
            "▲component         msg/s  errors     p50     p99 flight   memory restarts   lost",
            " flaky              20.0   25.0%  10.0ms  >100ms      –        –        8      –",
            " hash              1.00k      0%   500µs   990µs      3  1.25MiB        0      –",
            " store               250      0%       –       –      –  3.81MiB        0      –",
        ]
    );
    assert_eq!(
        screen[17..],
        [
            "─ flaky ────────────────────────────────────────────────────────────────────────",
            " 80 messages so far: ok 60, trap 20",
            " msg/s 20.0, errors 25.0%, p50 10.0ms, p99 >100ms, flight –, memory –, limit –,",
            " fuel/s 0, restarts 8, lost –",
            "",
            " 1-3/3  +2 columns: widen  by component",
            " q quit  ? help  s sort  S reverse  p pause  ↓ j down  ↑ k up",
        ]
    );
}

#[test]
fn wide_screen_shows_every_column() {
    let screen = screen(&mut state(), 160, 45);
    for column in COLUMNS {
        assert!(
            screen[1].contains(column.title),
            "{} is missing in {:?}",
            column.title,
            screen[1]
        );
    }
    assert!(!screen.concat().contains("widen"));
    assert!(screen[0].contains("5.06MiB memory"), "{:?}", screen[0]);
}

#[test]
fn arrow_marks_the_column_and_the_direction() {
    let mut state = state();
    state.apply(Action::SortBy(1));
    assert!(screen(&mut state, 80, 24)[1].contains("▼msg/s"));
    state.apply(Action::ReverseSort);
    let screen = screen(&mut state, 80, 24);
    assert!(screen[1].contains("▲msg/s"), "{:?}", screen[1]);
    assert!(
        screen[22].ends_with("by msg/s, reversed"),
        "{:?}",
        screen[22]
    );
}

#[test]
fn selected_row_stands_out_without_colours() {
    let mut state = state();
    state.apply(Action::Go(Motion::Down));
    let buffer = drawn(&mut state, 80, 24);
    let reversed = |y| buffer[(3, y)].modifier.contains(Modifier::REVERSED);
    assert_eq!([2, 3, 4].map(reversed), [false, true, false]);
}

#[test]
fn errors_are_red_and_memory_near_its_limit_is_yellow() {
    let buffer = drawn(&mut state(), 80, 24);
    let find = |text: &str, y| {
        let line: String = (0..80).map(|x| buffer[(x, y)].symbol()).collect();
        let x = line
            .chars()
            .collect::<String>()
            .find(text)
            .expect("the text is on the line");
        buffer[(
            u16::try_from(line[..x].chars().count()).expect("lines are short"),
            y,
        )]
            .fg
    };
    assert_eq!(find("25.0%", 2), ratatui::style::Color::Red);
    assert_eq!(find("3.81MiB", 4), ratatui::style::Color::Yellow);
    assert_eq!(find("1.25MiB", 3), ratatui::style::Color::Reset);
}

#[test]
fn rows_below_the_screen_are_scrolled_to() {
    let snapshot = (0..50)
        .fold(at(0), |draft, i| {
            draft.gauge("component_memory_bytes", Some(&format!("c{i:02}")), 1.0)
        })
        .snapshot();
    let mut state = State::new(
        "many".to_owned(),
        Duration::from_secs(1),
        Duration::from_secs(10),
    );
    state.arrive(Ok(snapshot), Instant::now());
    screen(&mut state, 40, 10);
    state.apply(Action::Go(Motion::End));
    let screen = screen(&mut state, 40, 10);
    assert!(screen[7].starts_with(" c49"), "{screen:?}");
    assert!(screen[8].starts_with(" 45-50/50"), "{screen:?}");
}

#[test]
fn trouble_takes_the_status_line() {
    let mut state = state();
    state.arrive(Err(anyhow!("connection refused")), Instant::now());
    let screen = screen(&mut state, 40, 10);
    assert_eq!(screen[8], " no data: connection refused");
    assert!(screen[2].starts_with(" flaky"), "the last figures stay");
}

#[test]
fn nothing_yet_says_so() {
    let mut state = State::new(
        "new".to_owned(),
        Duration::from_secs(1),
        Duration::from_secs(10),
    );
    let screen = screen(&mut state, 40, 10);
    assert_eq!(screen[0], " new  WAITING  0 components  – msg/s");
    assert_eq!(screen[2], " no components yet");
    assert_eq!(screen[8], " 0-0/0  +7 columns: widen  by component");
}

#[test]
fn help_explains_every_key_and_column_and_scrolls_to_its_end() {
    let mut state = state();
    state.apply(Action::Help);
    let all = screen(&mut state, 80, 45).concat();
    for text in crate::input::BINDINGS
        .iter()
        .map(|binding| binding.help)
        .chain(COLUMNS.iter().map(|column| column.help))
    {
        assert!(all.contains(text), "{text} is missing");
    }
    screen(&mut state, 80, 10);
    state.apply(Action::Go(Motion::End));
    let screen = screen(&mut state, 80, 10);
    assert!(screen[7].starts_with(" lost "), "{screen:?}");
}

#[test]
fn no_size_breaks_it() {
    for (width, height) in (0..=60)
        .flat_map(|width| (0..=30).map(move |height| (width, height)))
        .chain([(500, 200), (1, 200), (500, 1)])
    {
        let mut state = state();
        drawn(&mut state, width, height);
        state.apply(Action::Help);
        drawn(&mut state, width, height);
    }
}

#[test]
fn tiny_screen_asks_for_more() {
    assert_eq!(screen(&mut state(), 30, 4)[0], "obs: enlarge the window");
}
