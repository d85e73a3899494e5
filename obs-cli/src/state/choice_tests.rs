//! What keys and arrivals do to a state.

use anyhow::anyhow;

use super::*;
use crate::state::fixture::{self, at};

const SECOND: Duration = Duration::from_secs(1);

fn state() -> State {
    State::new("test".to_owned(), SECOND, SECOND * 10)
}

/// A state that shows this many components, named c00, c01 and so on, on a screen of five rows.
fn with_components(count: usize) -> State {
    let mut state = state();
    state.fit(5);
    state.arrive(Ok(components(0, 0..count)), Instant::now());
    state
}

fn components(second: u64, numbers: impl Iterator<Item = usize>) -> Snapshot {
    numbers
        .fold(at(second), |draft, i| {
            draft.gauge(
                "component_memory_bytes",
                Some(&format!("c{i:02}")),
                i as f64,
            )
        })
        .snapshot()
}

fn selected(state: &State) -> String {
    state.selected().map(Row::name).unwrap_or_default()
}

#[test]
fn movement_stays_in_the_list_and_on_the_screen() {
    let mut state = with_components(12);
    let steps = [
        (Motion::Up, 0),
        (Motion::Down, 1),
        (Motion::PageDown, 6),
        (Motion::PageDown, 11),
        (Motion::Down, 11),
        (Motion::PageUp, 6),
        (Motion::Home, 0),
        (Motion::End, 11),
        (Motion::Up, 10),
    ];
    for (motion, row) in steps {
        state.apply(Action::Go(motion));
        assert_eq!(state.cursor(), row, "{motion:?}");
        assert!(
            (state.list.top..state.list.top + 5).contains(&row),
            "{motion:?}: row {row} is not on the screen from {}",
            state.list.top
        );
    }
}

#[test]
fn larger_screen_shows_as_much_as_there_is() {
    let mut state = with_components(12);
    state.apply(Action::Go(Motion::End));
    assert_eq!(state.list.top, 7);
    state.fit(10);
    assert_eq!(state.list.top, 2);
    state.fit(50);
    assert_eq!(state.list.top, 0);
}

#[test]
fn selection_follows_its_component_and_not_its_row() {
    let mut state = with_components(3);
    state.apply(Action::Go(Motion::Down));
    assert_eq!(selected(&state), "c01");
    state.apply(Action::ReverseSort);
    assert_eq!(selected(&state), "c01");
    state.arrive(Ok(components(1, 1..3)), Instant::now());
    assert_eq!(selected(&state), "c01");
}

#[test]
fn neighbour_takes_over_when_the_selected_component_leaves() {
    let mut state = with_components(3);
    state.apply(Action::Go(Motion::End));
    state.arrive(Ok(components(1, 0..2)), Instant::now());
    assert_eq!(selected(&state), "c01");
    state.arrive(Ok(components(2, 0..0)), Instant::now());
    assert_eq!(selected(&state), "");
    state.arrive(Ok(components(3, 0..2)), Instant::now());
    assert_eq!(selected(&state), "c00");
}

#[test]
fn until_someone_moves_the_first_row_is_selected() {
    let mut state = with_components(3);
    state.apply(Action::ReverseSort);
    assert_eq!(selected(&state), "c02");
}

#[test]
fn sort_goes_round_all_columns_and_a_new_column_is_not_reversed() {
    let mut state = with_components(1);
    state.apply(Action::ReverseSort);
    assert!(state.list.reversed);
    for column in 1..COLUMNS.len() {
        state.apply(Action::NextSort);
        assert_eq!((state.list.sort, state.list.reversed), (column, false));
    }
    state.apply(Action::NextSort);
    assert_eq!(state.list.sort, 0);
    state.apply(Action::SortBy(4));
    assert_eq!(state.list.sort, 4);
    state.apply(Action::SortBy(COLUMNS.len()));
    assert_eq!(state.list.sort, 4);
}

#[test]
fn pause_holds_the_figures_and_misses_nothing() {
    let [first, second] = fixture::host();
    let mut state = state();
    state.arrive(Ok(first), Instant::now());
    state.apply(Action::Pause);
    state.arrive(Ok(second), Instant::now());
    assert_eq!(state.board.rate, None);
    state.apply(Action::Pause);
    assert_eq!(state.board.rate, Some(1270.0));
}

#[test]
fn trouble_is_shown_until_a_snapshot_comes() {
    let mut state = state();
    state.arrive(
        Err(anyhow!("connection\nrefused").context("asking the host")),
        Instant::now(),
    );
    assert_eq!(
        state.trouble.as_deref(),
        Some("asking the host: connection\u{fffd}refused")
    );
    state.arrive(Ok(components(0, 0..1)), Instant::now());
    assert_eq!(state.trouble, None);
}

#[test]
fn figures_grow_stale_without_new_ones() {
    let (mut state, began) = (state(), Instant::now());
    state.tick(began);
    assert_eq!(state.freshness(), Freshness::Waiting);
    state.arrive(Ok(components(0, 0..1)), began);
    state.tick(began + SECOND * 4);
    assert_eq!(state.freshness(), Freshness::Live);
    state.apply(Action::Pause);
    assert_eq!(state.freshness(), Freshness::Paused);
    state.tick(began + SECOND * 5);
    assert_eq!(state.freshness(), Freshness::Stale(SECOND * 5));
}

#[test]
fn help_opens_scrolls_and_closes_before_anything_quits() {
    let mut state = with_components(3);
    state.apply(Action::Help);
    state.apply(Action::Go(Motion::Down));
    assert_eq!((state.help, state.cursor()), (Some(1), 0));
    state.apply(Action::Go(Motion::End));
    assert!(state.help > Some(5));
    state.apply(Action::Back);
    assert_eq!((state.help, state.ended), (None, false));
    state.apply(Action::Back);
    assert!(state.ended);
}

/// A state with the fixture's host on it.
fn with_host() -> State {
    let mut state = state();
    state.fit(20);
    for snapshot in fixture::host() {
        state.arrive(Ok(snapshot), Instant::now());
    }
    state
}

fn entry(state: &State) -> &str {
    state.entry().map_or("", |entry| &entry.name)
}

fn type_in(state: &mut State, text: &str) {
    state.apply(Action::Filter);
    text.chars()
        .for_each(|letter| state.apply(Action::Type(letter)));
}

#[test]
fn enter_goes_in_and_escape_the_same_way_back() {
    let mut state = with_host();
    state.apply(Action::Go(Motion::Down));
    assert_eq!(selected(&state), "hash");
    state.apply(Action::Open);
    assert_eq!(
        state.page,
        Page::Component(super::super::frame::Place::Component("hash".to_owned()))
    );
    state.apply(Action::Go(Motion::Down));
    let metric = entry(&state).to_owned();
    state.apply(Action::Open);
    assert_eq!(state.page, Page::Metric(metric.clone()));
    assert_eq!(entry(&state), "hash", "the series it was opened from");
    state.apply(Action::Open);
    assert!(state.zoomed);
    state.apply(Action::Back);
    assert!(!state.zoomed);
    state.apply(Action::Back);
    assert_eq!(entry(&state), metric, "what was selected still is");
    state.apply(Action::Back);
    assert_eq!(
        (&state.page, selected(&state)),
        (&Page::Components, "hash".to_owned())
    );
    state.apply(Action::Back);
    assert!(state.ended);
}

#[test]
fn tab_turns_the_pages_from_anywhere() {
    let mut state = with_host();
    state.apply(Action::NextPage);
    assert_eq!(state.page, Page::Metrics);
    state.apply(Action::Open);
    assert!(matches!(state.page, Page::Metric(_)));
    for page in [
        Page::Traces,
        Page::Open,
        Page::Bottlenecks,
        Page::Components,
    ] {
        state.apply(Action::NextPage);
        assert_eq!(state.page, page);
    }
    state.apply(Action::Open);
    state.apply(Action::NextPage);
    assert_eq!(state.page, Page::Metrics);
}

#[test]
fn filter_narrows_as_it_is_typed_and_escape_clears_it_before_anything_closes() {
    let mut state = with_host();
    state.apply(Action::NextPage);
    let all = state.rows();
    type_in(&mut state, "memory");
    assert_eq!(state.rows(), 2);
    type_in(&mut state, " limit");
    assert_eq!(
        (state.rows(), entry(&state)),
        (1, "component_memory_limit_bytes")
    );
    state.apply(Action::Erase);
    state.apply(Action::Accept);
    assert!(!state.typing);
    assert_eq!(state.list.filter, "memory limi");
    state.apply(Action::Back);
    assert_eq!((state.rows(), state.list.filter.as_str()), (all, ""));
    type_in(&mut state, "x");
    state.apply(Action::Cancel);
    assert_eq!((state.rows(), state.typing), (all, false));
    assert_eq!(state.page, Page::Metrics);
}

#[test]
fn nothing_opens_where_nothing_is() {
    let mut state = state();
    state.apply(Action::Open);
    assert_eq!(state.page, Page::Components);
    state.apply(Action::NextPage);
    state.apply(Action::Open);
    assert_eq!((&state.page, state.zoomed), (&Page::Metrics, false));
}

#[test]
fn pages_opened_while_paused_show_the_moment_that_is_held() {
    let [first, second] = fixture::host();
    let mut state = state();
    state.fit(20);
    state.arrive(Ok(first), Instant::now());
    state.apply(Action::Pause);
    state.arrive(Ok(second), Instant::now());
    state.apply(Action::Open);
    let value = |state: &State| state.entry().and_then(|entry| entry.value);
    assert_eq!(
        (entry(&state), value(&state)),
        ("component_messages_processed_total{outcome=ok}", Some(30.0))
    );
    state.apply(Action::Pause);
    assert_eq!(value(&state), Some(60.0), "and nothing is missed");
}

#[test]
fn click_on_a_heading_sorts_and_again_reverses() {
    let mut state = with_host();
    state.apply(Action::Heading(1));
    assert_eq!((state.list.sort, state.list.reversed), (1, false));
    state.apply(Action::Heading(1));
    assert_eq!((state.list.sort, state.list.reversed), (1, true));
}

#[test]
fn click_selects_and_a_second_one_opens() {
    let mut state = with_host();
    state.apply(Action::Select(1));
    assert_eq!(
        (selected(&state), &state.page),
        ("hash".to_owned(), &Page::Components)
    );
    state.apply(Action::Select(1));
    assert!(matches!(state.page, Page::Component(_)));
    state.apply(Action::Select(500));
    assert_eq!(state.cursor(), 0);
}

#[test]
fn metrics_sort_by_every_column_and_missing_figures_come_last() {
    let mut state = with_host();
    state.apply(Action::NextPage);
    let rate = ENTRY_COLUMNS
        .iter()
        .position(|column| column.title == "per s")
        .expect("there is such a column");
    state.apply(Action::SortBy(rate));
    let rates: Vec<_> = state.entries.iter().map(|entry| entry.rate).collect();
    let told = rates.iter().take_while(|rate| rate.is_some()).count();
    assert!(rates[..told].is_sorted_by(|a, b| a >= b), "{rates:?}");
    assert!(
        rates[told..].iter().all(Option::is_none) && told > 2,
        "{rates:?}"
    );
    for _ in 0..ENTRY_COLUMNS.len() {
        state.apply(Action::NextSort);
    }
    assert_eq!(state.list.sort, rate);
}

#[test]
fn colours_go_round() {
    let mut state = state();
    let seen: Vec<Theme> = (0..3)
        .map(|_| {
            state.apply(Action::Theme);
            state.theme
        })
        .collect();
    assert_eq!(seen, [Theme::ColourBlind, Theme::Monochrome, Theme::Colour]);
}

#[test]
fn quit_quits_even_from_the_help() {
    let mut state = state();
    state.apply(Action::Help);
    state.apply(Action::Quit);
    assert!(state.ended);
}
