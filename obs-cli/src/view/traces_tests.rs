//! The pages of traces at the sizes people have, in every theme, and what is wrong with them.

use super::*;
use crate::source::{Answer, Question};
use crate::state::fixture::traces;

/// Usual, large, and very large; and narrow.
const SIZES: [(u16, u16); 4] = [(80, 24), (120, 40), (200, 60), (40, 15)];

const PAGES: [&str; 6] = [
    "traces",
    "trace",
    "trace_zoomed",
    "trace_critical",
    "open",
    "bottlenecks",
];

/// Answers what the page asks for.
fn answer(state: &mut State) {
    while let Some(question) = state.question(Instant::now()) {
        let answer = match &question {
            Question::Traces(_) => Answer::Traces(Box::new(traces::list())),
            Question::Trace(_) => Answer::Trace(Box::new(traces::payment())),
            Question::Open => Answer::Open(traces::open_spans()),
            Question::Bottlenecks(_) => Answer::Bottlenecks(Box::new(traces::bottlenecks())),
            Question::Export(id, _) => Answer::Exported(format!("trace-{id}").into()),
        };
        state.answered(question, Ok(answer));
    }
}

/// The state on this page, opened as an operator does.
fn on(page: &str) -> State {
    use Action::{Go, Next, NextError, NextPage, OnlyCritical, Open, ZoomIn};
    let trace = [NextPage, NextPage, Go(Motion::End), Open];
    let steps = match page {
        "traces" => vec![NextPage, NextPage],
        "trace" => [&trace[..], &[NextError]].concat(),
        // The notification, folded; then the path, closer.
        "trace_zoomed" => [
            &trace[..],
            &[Go(Motion::End)],
            &[Go(Motion::Up); 12],
            &[Open, Next, Next, ZoomIn],
        ]
        .concat(),
        "trace_critical" => [&trace[..], &[OnlyCritical, Go(Motion::Down)]].concat(),
        "open" => vec![NextPage, NextPage, NextPage],
        "bottlenecks" => vec![NextPage, NextPage, NextPage, NextPage],
        page => panic!("no page {page}"),
    };
    let mut state = state();
    for action in steps {
        state.fit(20);
        state.apply(action);
        answer(&mut state);
    }
    state
}

#[test]
fn every_page_of_traces_at_every_size() {
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
        for page in ["traces", "trace"] {
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
fn critical_path_is_told_by_glyph_and_by_style() {
    for theme in [Theme::Colour, Theme::ColourBlind, Theme::Monochrome] {
        let look = Look { theme };
        let pieces = [
            crate::state::Piece::Critical,
            crate::state::Piece::Queue,
            crate::state::Piece::Above,
            crate::state::Piece::Beside,
        ];
        let drawn = pieces.map(|piece| trace::drawn(piece, look));
        for (at, one) in drawn.iter().enumerate() {
            assert!(drawn[..at].iter().all(|other| other.0 != one.0));
        }
        assert_ne!(drawn[0].1, drawn[3].1, "{theme:?}");
    }
}

#[test]
fn a_query_that_is_none_is_shown_with_its_caret() {
    let mut state = on("traces");
    state.apply(Action::Filter);
    "dru>5ms"
        .chars()
        .for_each(|letter| state.apply(Action::Type(letter)));
    assert_eq!(screen(&mut state, 60, 20)[18], " /dru>5ms█");
    state.apply(Action::Accept);
    let question = state.question(Instant::now()).expect("it is asked");
    let refused = anyhow!("there is no field `dru`\n  dru>5ms\n  ^");
    state.answered(question, Err(refused));
    let screen = screen(&mut state, 60, 20);
    assert_eq!(
        screen[2..5],
        [" there is no field `dru`", "   dru>5ms", "   ^"]
    );
    assert_eq!(screen[18], " there is no field `dru`");
}

#[test]
fn what_is_awaited_and_what_is_not_there_is_said() {
    let mut state = state();
    state.apply(Action::NextPage);
    state.apply(Action::NextPage);
    assert_eq!(screen(&mut state, 60, 20)[2], " asking for traces …");
    let question = state.question(Instant::now()).expect("it is asked");
    let none = obs_runtime::api::traces::TraceList::default();
    state.answered(question, Ok(Answer::Traces(Box::new(none))));
    assert_eq!(screen(&mut state, 60, 20)[2], " no traces yet");
    let mut state = on("open");
    state.apply(Action::Open);
    assert_eq!(screen(&mut state, 60, 20)[4], " asking for spans …");
    let question = state.question(Instant::now()).expect("it is asked");
    state.answered(question, Err(anyhow!("there is no trace b0000000")));
    assert_eq!(screen(&mut state, 60, 20)[4], " there is no trace b0000000");
}

#[test]
fn a_file_is_asked_for_by_its_format_and_told_when_it_is_written() {
    let mut state = on("trace");
    state.apply(Action::Export);
    let asked = screen(&mut state, 80, 24);
    assert_eq!(asked[22], " write the trace to a file: in which format?");
    assert_eq!(asked[23], " o OTLP  c Chrome  f folded  Esc no");
    state.apply(Action::ExportAs(crate::source::TraceFormat::Otlp));
    answer(&mut state);
    let told = screen(&mut state, 80, 24);
    assert!(told[22].contains("written: trace-4bf9"), "{:?}", told[22]);
}

#[test]
fn names_of_spans_cannot_steer_the_terminal() {
    let mut state = on("traces");
    state.apply(Action::Open);
    let question = state.question(Instant::now()).expect("it is asked");
    let mut evil = traces::payment();
    evil.id.clone_from(&traces::list().traces[0].id);
    for span in &mut evil.spans {
        "\u{1b}[2J\u{7}".clone_into(&mut span.operation);
        span.component = Some("\u{202e}".to_owned());
        span.status_message = "\u{1b}]0;x\u{7}".to_owned();
        for attribute in &mut span.attributes {
            attribute.key += "\u{1b}";
        }
    }
    state.answered(question, Ok(Answer::Trace(Box::new(evil))));
    state.apply(Action::NextError);
    for (width, height) in SIZES {
        let screen = screen(&mut state, width, height).concat();
        assert!(
            !screen.contains(['\u{1b}', '\u{7}', '\u{202e}']),
            "{screen:?}"
        );
    }
}

#[test]
fn no_size_breaks_any_page_of_traces() {
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
                    answer(&mut state);
                    drawn(&mut state, width, height);
                }
            }
        }
    }
}

#[test]
fn ten_thousand_levels_and_a_hundred_thousand_spans_are_drawn() {
    let mut state = on("traces");
    state.apply(Action::Open);
    let question = state.question(Instant::now()).expect("it is asked");
    let spans = (0..100_000u32).map(|number| obs_runtime::api::traces::Span {
        id: format!("{number:016x}"),
        depth: number.min(9_999),
        above: number.min(10_000).checked_sub(1),
        below: 99_999u32.saturating_sub(number),
        operation: format!("step{number}"),
        end_ns: 100_000,
        ..Default::default()
    });
    let deep = obs_runtime::api::traces::Trace {
        id: traces::list().traces[0].id.clone(),
        duration_ns: 100_000,
        spans: spans.collect(),
        ..traces::payment()
    };
    state.answered(question, Ok(Answer::Trace(Box::new(deep))));
    state.apply(Action::Go(Motion::End));
    let screen = screen(&mut state, 80, 24).concat();
    assert!(screen.contains("99999"), "{screen}");
}
