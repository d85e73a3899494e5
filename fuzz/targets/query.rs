//! Questions about traces, as anybody may type them: what is understood is written so that it is understood alike.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use obs_runtime::formats::otlp;
use obs_runtime::model::trace::Trace;
use obs_runtime::query::traces::Query;

const FILE: &[u8] = include_bytes!("../seeds/otlp/collector.json");

/// A trace to ask about.
static TRACE: LazyLock<Trace> = LazyLock::new(|| {
    let opened = otlp::read(FILE).expect("it is read by tests as well");
    opened.traces[0].trace.clone()
});

/// A minute after the trace began.
const NOW_NS: u64 = 1_544_712_720_000_000_000;

fuzz_target!(|text: &str| {
    let query = match text.parse::<Query>() {
        Ok(query) => query,
        Err(error) => {
            let columns = text.chars().count().max(text.len()) + 1;
            assert!((1..=columns).contains(&error.column), "{error}");
            return;
        }
    };
    let written = query.to_string();
    match written.parse::<Query>() {
        Ok(again) => {
            assert_eq!(again, query, "{written}");
            assert_eq!(again.to_string(), written);
        }
        Err(error) => panic!("{written}: {error}"),
    }
    let negated = format!("!({written})");
    let matches = query.matches(&TRACE, NOW_NS);
    if let Ok(negated) = negated.parse::<Query>() {
        assert_eq!(negated.matches(&TRACE, NOW_NS), !matches, "{written}");
    }
});
