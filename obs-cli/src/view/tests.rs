//! Screens as text, at the sizes people have, and in every theme.

use std::time::{Duration, Instant};

use anyhow::anyhow;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};

use super::*;
use crate::input::{Action, Motion};
use crate::state::fixture::{self, at};
use crate::state::{COLUMNS, ENTRY_COLUMNS, Theme};

/// Narrow, usual and wide.
const SIZES: [(u16, u16); 3] = [(40, 12), (80, 24), (160, 45)];

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

/// A state with a history.
fn busy() -> State {
    let mut state = State::new(
        "component-host".to_owned(),
        Duration::from_secs(1),
        Duration::from_secs(10),
    );
    let now = Instant::now();
    for snapshot in fixture::busy() {
        state.arrive(Ok(snapshot), now);
    }
    state.tick(now);
    state
}

/// The state on this page, opened as an operator does.
fn on(page: &str) -> State {
    let mut state = match page {
        "components" | "help" => state(),
        _ => busy(),
    };
    let steps: &[Action] = match page {
        "components" => &[],
        "component" => &[Action::Select(1), Action::Open],
        "metrics" => &[Action::NextPage],
        "gauge" => &[Action::Select(1), Action::Open, Action::Open],
        "counter" => &[Action::NextPage, Action::Select(3), Action::Open],
        "histogram" => &[Action::NextPage, Action::Go(Motion::End), Action::Open],
        "heatmap" => &[
            Action::NextPage,
            Action::Go(Motion::End),
            Action::Open,
            Action::Open,
        ],
        "help" => &[Action::Help],
        page => panic!("no page {page}"),
    };
    for action in steps {
        state.fit(20);
        state.apply(*action);
    }
    state
}

const PAGES: [&str; 8] = [
    "components",
    "component",
    "metrics",
    "gauge",
    "counter",
    "histogram",
    "heatmap",
    "help",
];

fn drawn(state: &mut State, width: u16, height: u16) -> Buffer {
    let mut terminal =
        Terminal::new(TestBackend::new(width, height)).expect("a test terminal never fails");
    state.fit(page(width, height, state));
    terminal
        .draw(|frame| draw(frame, state))
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

/// The screen with every change of style written into it.
fn styled(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in buffer.area.rows() {
        let mut style = String::new();
        let mut line = String::new();
        for place in y.columns() {
            let cell = &buffer[(place.x, place.y)];
            let mut now = String::new();
            if cell.fg != Color::Reset {
                now += &format!("{:?} ", cell.fg);
            }
            if !cell.modifier.is_empty() {
                now += &format!("{:?}", cell.modifier);
            }
            if now != style {
                line += &format!("<{}>", now.trim());
                style = now;
            }
            line += cell.symbol();
        }
        text += line.trim_end();
        text.push('\n');
    }
    text.replace('\u{a0}', " ")
}

#[test]
fn every_page_at_every_size() {
    for page in PAGES {
        for (width, height) in SIZES {
            let screen = screen(&mut on(page), width, height).join("\n");
            insta::assert_snapshot!(format!("{page}_{width}x{height}"), screen);
        }
    }
}

#[test]
fn every_theme_and_ascii() {
    for theme in [Theme::Colour, Theme::ColourBlind, Theme::Monochrome] {
        for page in ["components", "heatmap"] {
            let mut state = on(page);
            state.theme = theme;
            let buffer = drawn(&mut state, 80, 24);
            insta::assert_snapshot!(format!("{page}_{theme:?}"), styled(&buffer));
        }
    }
    for page in PAGES {
        let mut state = on(page);
        state.ascii = true;
        let screen = screen(&mut state, 80, 24).join("\n");
        assert!(screen.is_ascii(), "{screen}");
        insta::assert_snapshot!(format!("{page}_ascii"), screen);
    }
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
    let mut state = state();
    let buffer = drawn(&mut state, 80, 24);
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
    let all = screen(&mut state, 80, 150).concat();
    for text in crate::input::BINDINGS
        .iter()
        .map(|binding| binding.help)
        .chain(COLUMNS.iter().map(|column| column.help))
        .chain(ENTRY_COLUMNS.iter().map(|column| column.help))
    {
        assert!(all.contains(text), "{text} is missing");
    }
    screen(&mut state, 80, 10);
    state.apply(Action::Go(Motion::End));
    let screen = screen(&mut state, 80, 10);
    assert!(screen[7].starts_with(" ◆ "), "{screen:?}");
}

#[test]
fn no_size_breaks_any_page() {
    for page in PAGES {
        for (width, height) in (0..=60)
            .step_by(12)
            .flat_map(|width| (0..=30).step_by(3).map(move |height| (width, height)))
            .chain([(500, 200), (1, 200), (500, 1)])
        {
            let mut state = on(page);
            drawn(&mut state, width, height);
            for (x, y) in [(0, 0), (width / 2, height / 2), (width, height), (3, 1)] {
                if let Some(action) = action_at(width, height, &state, x, y) {
                    state.apply(action);
                    drawn(&mut state, width, height);
                }
            }
        }
    }
}

#[test]
fn clicks_select_open_and_sort() {
    let mut state = state();
    drawn(&mut state, 80, 24);
    let at = |state: &State, x, y| action_at(80, 24, state, x, y);
    assert_eq!(at(&state, 5, 3), Some(Action::Select(1)));
    assert_eq!(at(&state, 5, 1), Some(Action::Heading(0)));
    let memory = screen(&mut state, 80, 24)[1]
        .find("memory")
        .and_then(|x| u16::try_from(x).ok())
        .expect("there is such a column");
    let heading = at(&state, memory, 1);
    let expected = COLUMNS.iter().position(|column| column.title == "memory");
    assert_eq!(heading, expected.map(Action::Heading));
    for (x, y) in [(5, 0), (5, 10), (5, 22), (5, 23), (79, 1), (200, 200)] {
        assert!(
            !matches!(at(&state, x, y), Some(Action::Select(_))),
            "{x} {y}"
        );
    }
    state.apply(Action::Help);
    assert_eq!(at(&state, 5, 3), None);
}

#[test]
fn typed_filter_stands_in_the_status_line() {
    let mut state = state();
    state.apply(Action::Filter);
    for letter in "ha".chars() {
        state.apply(Action::Type(letter));
    }
    let typing = screen(&mut state, 40, 12);
    assert_eq!(typing[10], " /ha█");
    assert_eq!(typing[11], " Enter keep  Esc clear");
    assert!(typing[2].starts_with(" hash"), "{typing:?}");
    assert_eq!(typing[3], "");
    assert!(typing[0].contains("3 components"), "totals are of all");
    state.apply(Action::Accept);
    assert!(screen(&mut state, 80, 12)[10].contains("/ha"));
    state.apply(Action::Type('x'));
    assert_eq!(
        screen(&mut state, 60, 12)[2],
        " no components match the filter: Esc clears it"
    );
}

#[test]
fn names_of_metrics_cannot_steer_the_terminal() {
    let snapshot = at(0)
        .gauge("evil\u{1b}[2J", Some("a\u{1b}]0;x\u{7}"), 1.0)
        .snapshot();
    let mut state = State::new(
        "t".to_owned(),
        Duration::from_secs(1),
        Duration::from_secs(9),
    );
    state.arrive(Ok(snapshot), Instant::now());
    for action in [Action::Open, Action::Open, Action::Open] {
        state.apply(action);
        let screen = screen(&mut state, 80, 24).concat();
        assert!(!screen.contains(['\u{1b}', '\u{7}']), "{screen:?}");
    }
}

#[test]
fn tiny_screen_asks_for_more() {
    assert_eq!(screen(&mut state(), 30, 4)[0], "obs: enlarge the window");
}

#[path = "traces_tests.rs"]
mod traces;
