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
            (state.top..state.top + 5).contains(&row),
            "{motion:?}: row {row} is not on the screen from {}",
            state.top
        );
    }
}

#[test]
fn larger_screen_shows_as_much_as_there_is() {
    let mut state = with_components(12);
    state.apply(Action::Go(Motion::End));
    assert_eq!(state.top, 7);
    state.fit(10);
    assert_eq!(state.top, 2);
    state.fit(50);
    assert_eq!(state.top, 0);
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
    assert!(state.reversed);
    for column in 1..COLUMNS.len() {
        state.apply(Action::NextSort);
        assert_eq!((state.sort, state.reversed), (column, false));
    }
    state.apply(Action::NextSort);
    assert_eq!(state.sort, 0);
    state.apply(Action::SortBy(4));
    assert_eq!(state.sort, 4);
    state.apply(Action::SortBy(COLUMNS.len()));
    assert_eq!(state.sort, 4);
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

#[test]
fn quit_quits_even_from_the_help() {
    let mut state = state();
    state.apply(Action::Help);
    state.apply(Action::Quit);
    assert!(state.ended);
}
