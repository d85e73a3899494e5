//! What keys and answers do on the pages of traces.

use std::time::{Duration, Instant};

use anyhow::anyhow;

use super::*;
use crate::input::Motion;
use crate::source::TraceQuestion;
use crate::state::fixture::traces;

const SECOND: Duration = Duration::from_secs(1);

fn state() -> State {
    let mut state = State::new("test".to_owned(), SECOND, SECOND * 10);
    state.fit(10);
    state
}

/// Turns to the first page of traces and answers what it asks.
fn listed(now: Instant) -> State {
    let mut state = state();
    state.apply(Action::NextPage);
    state.apply(Action::NextPage);
    assert_eq!(state.page, Page::Traces);
    let question = state.question(now).expect("the list is asked for");
    state.answered(question, Ok(Answer::Traces(Box::new(traces::list()))));
    state
}

/// Opens the last trace of the list, the payment.
fn opened(now: Instant) -> State {
    let mut state = listed(now);
    state.apply(Action::Go(Motion::End));
    state.apply(Action::Open);
    let question = state.question(now).expect("the trace is asked for");
    assert_eq!(question, Question::Trace(traces::PAYMENT.to_owned()));
    state.answered(question, Ok(Answer::Trace(Box::new(traces::payment()))));
    state
}

fn selected(state: &State) -> String {
    let span = state.gantt().and_then(|gantt| gantt.span(state.cursor()));
    span.map(|span| span.operation.clone()).unwrap_or_default()
}

#[test]
fn a_list_is_asked_for_again_after_the_interval_and_one_question_at_a_time() {
    let now = Instant::now();
    let mut state = listed(now);
    assert_eq!(state.rows(), 4);
    assert_eq!(state.question(now), None);
    let again = state.question(now + SECOND).expect("it is asked again");
    assert_eq!(state.question(now + SECOND * 5), None, "one is under way");
    state.answered(again, Ok(Answer::Traces(Box::new(traces::list()))));
    state.apply(Action::Pause);
    assert_eq!(state.question(now + SECOND * 5), None, "it is held still");
}

#[test]
fn a_query_is_asked_when_it_has_been_typed() {
    let now = Instant::now();
    let mut state = listed(now);
    state.apply(Action::Filter);
    for letter in "err ".chars() {
        state.apply(Action::Type(letter));
        assert_eq!(state.question(now + SECOND), None);
    }
    state.apply(Action::Accept);
    let question = state.question(now + SECOND);
    let expected = TraceQuestion {
        query: "err".to_owned(),
        limit: 200,
        ..TraceQuestion::default()
    };
    assert_eq!(question, Some(Question::Traces(expected)));
}

#[test]
fn an_order_that_the_runtime_has_is_asked_for() {
    let now = Instant::now();
    for (column, order) in [(2, "slowest"), (3, "spans"), (4, "newest")] {
        let mut state = listed(now);
        state.apply(Action::SortBy(column));
        let question = state.question(now + SECOND);
        let Some(Question::Traces(question)) = question else {
            panic!("{question:?}");
        };
        assert_eq!(question.order, order);
    }
}

#[test]
fn trouble_with_a_new_query_clears_the_list_and_with_the_same_keeps_it() {
    let now = Instant::now();
    let mut state = listed(now);
    let again = state.question(now + SECOND).expect("it is asked again");
    state.answered(again, Err(anyhow!("nobody listens")));
    assert_eq!((state.rows(), state.traces.trouble.len()), (4, 1));
    state.apply(Action::Filter);
    state.apply(Action::Type('('));
    state.apply(Action::Accept);
    let question = state.question(now + SECOND).expect("a new query");
    state.answered(question, Err(anyhow!("a bracket is open\n  (\n  ^")));
    assert_eq!((state.rows(), state.traces.trouble.len()), (0, 3));
    state.apply(Action::Back);
    let question = state.question(now + SECOND).expect("all are asked for");
    state.answered(question, Ok(Answer::Traces(Box::new(traces::list()))));
    assert_eq!((state.rows(), state.traces.trouble.len()), (4, 0));
}

#[test]
fn an_answer_for_a_page_that_was_left_is_for_nobody() {
    let now = Instant::now();
    let mut state = listed(now);
    let late = state.question(now + SECOND).expect("it is asked again");
    state.apply(Action::NextPage);
    state.answered(late, Err(anyhow!("too late")));
    assert_eq!(state.traces.trouble, [""; 0]);
    assert_eq!(state.question(now + SECOND), Some(Question::Open));
}

#[test]
fn selection_follows_its_trace_and_not_its_row() {
    let now = Instant::now();
    let mut state = listed(now);
    state.apply(Action::Go(Motion::End));
    let again = state.question(now + SECOND).expect("it is asked again");
    let mut newer = traces::list();
    newer.traces.remove(0);
    state.answered(again, Ok(Answer::Traces(Box::new(newer))));
    let row = &state.traces.list[state.cursor()];
    assert_eq!(row.summary.id, traces::PAYMENT);
}

#[test]
fn a_complete_trace_is_asked_for_once_and_one_under_way_again() {
    let now = Instant::now();
    let mut state = opened(now);
    assert_eq!(state.question(now + SECOND * 9), None);
    let mut under_way = traces::payment();
    under_way.kept = None;
    let question = Question::Trace(traces::PAYMENT.to_owned());
    state
        .traces
        .take_in(question.clone(), Ok(Answer::Trace(Box::new(under_way))));
    assert_eq!(state.question(now + SECOND * 9), Some(question));
}

#[test]
fn keys_walk_the_critical_path_failures_and_what_is_found() {
    let mut state = opened(Instant::now());
    let mut after = |action| {
        state.apply(action);
        selected(&state)
    };
    assert_eq!(after(Action::Next), "POST /pay");
    assert_eq!(after(Action::Next), "(mailbox)");
    assert_eq!(after(Action::Previous), "POST /pay");
    assert_eq!(after(Action::NextError), "db.query");
    assert_eq!(after(Action::PreviousError), "POST /pay");
    after(Action::Filter);
    for letter in "Cache".chars() {
        after(Action::Type(letter));
    }
    assert_eq!(after(Action::Accept), "cache.get");
    assert_eq!(after(Action::Next), "cache.get", "it is the only one");
    after(Action::Cancel);
    after(Action::Go(Motion::Home));
    assert_eq!(after(Action::Open), "POST /pay");
    assert_eq!(state.rows(), 1, "it is folded");
    state.apply(Action::NextError);
    assert_eq!((selected(&state).as_str(), state.rows()), ("db.query", 21));
}

#[test]
fn a_trace_is_written_to_a_file_in_the_format_that_is_chosen() {
    let now = Instant::now();
    let mut state = opened(now);
    state.apply(Action::Export);
    assert!(state.exporting);
    state.apply(Action::Stay);
    assert_eq!(state.question(now), None);
    state.apply(Action::Export);
    state.apply(Action::ExportAs(TraceFormat::Chrome));
    let question = state.question(now).expect("it is asked for");
    let id = traces::PAYMENT.to_owned();
    assert_eq!(question, Question::Export(id, TraceFormat::Chrome));
    state.answered(question, Ok(Answer::Exported("trace.json".into())));
    let written = Some(Ok("written: trace.json".to_owned()));
    assert_eq!(state.traces.notice, written);
    state.apply(Action::ExportAs(TraceFormat::Otlp));
    let question = state.question(now).expect("it is asked for");
    state.answered(question, Err(anyhow!("no room")));
    let why = Some(Err("not written: no room".to_owned()));
    assert_eq!(state.traces.notice, why);
}

#[test]
fn open_spans_and_bottlenecks_lead_to_their_traces() {
    let now = Instant::now();
    let mut state = listed(now);
    state.apply(Action::NextPage);
    let question = state.question(now).expect("it is asked");
    state.answered(question, Ok(Answer::Open(traces::open_spans())));
    assert_eq!(state.rows(), 3);
    state.apply(Action::Open);
    assert_eq!(
        state.page,
        Page::Trace("b000000000000000000000000000000b".to_owned())
    );
    state.apply(Action::Back);
    assert_eq!(state.page, Page::Open);
    state.apply(Action::NextPage);
    let bottlenecks = Answer::Bottlenecks(Box::new(traces::bottlenecks()));
    state.traces.waiting = false;
    let question = state.question(now).expect("it is asked");
    state.answered(question, Ok(bottlenecks));
    state.apply(Action::Filter);
    "queryx"
        .chars()
        .for_each(|letter| state.apply(Action::Type(letter)));
    assert_eq!(state.rows(), 0);
    state.apply(Action::Erase);
    state.apply(Action::Accept);
    assert_eq!(state.rows(), 1);
    state.apply(Action::Open);
    assert_eq!(state.page, Page::Trace(traces::PAYMENT.to_owned()));
}

#[test]
fn pages_are_turned_both_ways() {
    let mut state = state();
    state.apply(Action::PreviousPage);
    assert_eq!(state.page, Page::Bottlenecks);
    state.apply(Action::NextPage);
    assert_eq!(state.page, Page::Components);
}
