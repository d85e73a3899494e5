//! Growth against values worked out by hand.

use super::*;
use crate::state::fixture::{Draft, at};

fn place(name: &str) -> Place {
    Place::Component(name.to_owned())
}

fn history(drafts: impl IntoIterator<Item = Draft>) -> History {
    let mut history = History::new(Duration::from_secs(10));
    for draft in drafts {
        history.push(Frame::of(draft.snapshot()));
    }
    history
}

fn messages(second: u64, ok: f64, trap: f64) -> Draft {
    at(second)
        .counter(
            "component_messages_processed_total",
            Some("a"),
            &[("outcome", "ok")],
            ok,
        )
        .counter(
            "component_messages_processed_total",
            Some("a"),
            &[("outcome", "trap")],
            trap,
        )
}

fn rate(history: &History) -> Option<f64> {
    history.per_second(&place("a"), |growth| growth.processed)
}

#[test]
fn one_frame_has_no_rate() {
    assert_eq!(rate(&history([messages(0, 100.0, 0.0)])), None);
}

#[test]
fn rate_is_growth_over_the_sources_time() {
    // 100 + 0 -> 140 + 10 in 2 s: 50 more, 10 of them failed.
    let history = history([messages(0, 100.0, 0.0), messages(2, 140.0, 10.0)]);
    assert_eq!(rate(&history), Some(25.0));
    let window = history.over_window(&place("a"));
    assert_eq!((window.processed, window.failed), (50.0, 10.0));
}

#[test]
fn new_life_never_gives_a_negative_rate() {
    // The life with 100 ended; the new one counted 7 in this second, 2 of them failed.
    let history = history([messages(0, 90.0, 10.0), messages(1, 5.0, 2.0)]);
    assert_eq!(rate(&history), Some(7.0));
    assert_eq!(history.over_window(&place("a")).failed, 2.0);
}

#[test]
fn new_life_is_seen_even_if_the_sum_went_up() {
    // ok began again at 0 and reached 90; trap grew from 0 to 20: 110 messages, though the sum rose by 10 only.
    let history = history([messages(0, 100.0, 0.0), messages(1, 90.0, 20.0)]);
    assert_eq!(rate(&history), Some(110.0));
}

#[test]
fn component_that_appears_counts_from_zero_and_one_that_left_is_still() {
    let appeared = history([at(0), messages(1, 4.0, 0.0)]);
    assert_eq!(rate(&appeared), Some(4.0));
    let left = history([messages(0, 4.0, 0.0), at(1)]);
    assert_eq!(rate(&left), Some(0.0));
}

#[test]
fn window_forgets_what_ended_before_it() {
    // One message a second, but 100 in the first.
    let history = history((0..=15u32).map(|second| {
        messages(
            second.into(),
            if second == 0 {
                0.0
            } else {
                99.0 + f64::from(second)
            },
            0.0,
        )
    }));
    assert_eq!(history.over_window(&place("a")).processed, 10.0);
}

#[test]
fn step_longer_than_the_window_is_kept() {
    let history = history([messages(0, 0.0, 0.0), messages(60, 120.0, 0.0)]);
    assert_eq!(rate(&history), Some(2.0));
    assert_eq!(history.over_window(&place("a")).processed, 120.0);
}

#[test]
fn same_moment_twice_changes_nothing() {
    let history = history([
        messages(0, 0.0, 0.0),
        messages(1, 10.0, 0.0),
        messages(1, 12.0, 0.0),
        messages(2, 30.0, 0.0),
    ]);
    assert_eq!(rate(&history), Some(20.0));
    assert_eq!(history.over_window(&place("a")).processed, 30.0);
}

#[test]
fn clock_set_back_begins_again() {
    let mut history = history([
        messages(100, 0.0, 0.0),
        messages(101, 10.0, 0.0),
        messages(50, 20.0, 0.0),
    ]);
    assert_eq!(rate(&history), None);
    history.push(Frame::of(messages(51, 23.0, 0.0).snapshot()));
    assert_eq!(rate(&history), Some(3.0));
}

#[test]
fn histograms_grow_bucket_by_bucket_and_begin_again() {
    let latency = |second, buckets: [u64; 3]| {
        at(second).histogram(
            "component_processing_latency_seconds",
            Some("a"),
            &[0.1, 1.0],
            &buckets,
        )
    };
    let grown = history([latency(0, [10, 5, 1]), latency(1, [14, 5, 2])]);
    assert_eq!(grown.over_window(&place("a")).latency.buckets, [4, 0, 1]);
    // The new life has more in one bucket and less in another: all of it is new.
    let again = history([latency(0, [10, 5, 1]), latency(1, [14, 0, 0])]);
    assert_eq!(again.over_window(&place("a")).latency.buckets, [14, 0, 0]);
}

#[test]
fn other_bounds_are_a_new_histogram() {
    let name = "component_processing_latency_seconds";
    let history = history([
        at(0).histogram(name, Some("a"), &[0.1], &[5, 5]),
        at(1).histogram(name, Some("a"), &[0.2], &[7, 7]),
    ]);
    let latency = history.over_window(&place("a")).latency;
    assert_eq!((latency.bounds, latency.buckets), (vec![0.2], vec![7, 7]));
}
