//! Log lines carry the ids of the span that the trace store shows.

use obs_runtime::bridge::tracing::{ObsLayer, WithIds};
use tracing::{Dispatch, info, info_span};
use tracing_subscriber::fmt::{self, format};
use tracing_subscriber::layer::SubscriberExt;

use super::written::{Lines, ids};
use super::{sole, span, stored};

pub(super) fn text(lines: &Lines) -> Dispatch {
    let lines = lines.clone();
    let format = WithIds::new(format().without_time().with_target(false));
    let layer = fmt::layer()
        .event_format(format)
        .with_ansi(false)
        .with_writer(move || lines.clone());
    tracing_subscriber::registry()
        .with(ObsLayer::new())
        .with(layer)
        .into()
}

fn some_lines() {
    let _ = tracing_log::LogTracer::init();
    info!("outside");
    let outer = info_span!("outer", a = 1).entered();
    info!("in outer");
    let inner = obs::span!("inner");
    info!(n = 2, "in inner");
    log::info!("logged in inner");
    info!(parent: &*outer, "of outer");
    info!(parent: None, "of nothing");
    drop(inner);
}

#[test]
fn a_line_carries_the_ids_of_its_span_of_either_kind() {
    let lines = Lines::default();
    let trace = sole(stored(&text(&lines), some_lines));
    let outer = ids(&trace, span(&trace, "outer"));
    let inner = ids(&trace, span(&trace, "inner"));
    let mut lines = lines.all();
    // With where it was logged between, unless `tracing-subscriber` has its feature `tracing-log`.
    let logged = lines.remove(3);
    assert!(
        logged.contains("logged in inner") && logged.ends_with(&inner),
        "{logged}"
    );
    assert_eq!(
        lines,
        [
            " INFO outside".to_owned(),
            format!(" INFO outer{{a=1}}: in outer{outer}"),
            format!(" INFO outer{{a=1}}: in inner n=2{inner}"),
            format!(" INFO outer{{a=1}}: of outer{outer}"),
            " INFO of nothing".to_owned(),
        ]
    );
}

#[test]
fn a_line_of_json_carries_them_as_members() {
    let lines = Lines::default();
    let writer = lines.clone();
    let layer = fmt::layer()
        .event_format(WithIds::json(format().json()))
        .fmt_fields(format::JsonFields::new())
        .with_writer(move || writer.clone());
    let subscriber = tracing_subscriber::registry()
        .with(ObsLayer::new())
        .with(layer);
    let trace = sole(stored(&subscriber.into(), some_lines));
    let inner = span(&trace, "inner");
    let parsed: Vec<serde_json::Value> = lines
        .all()
        .iter()
        .map(|line| serde_json::from_str(line).expect("it is JSON"))
        .collect();
    assert_eq!(parsed.len(), 6);
    assert_eq!(parsed[0].get("trace_id"), None);
    assert_eq!(parsed[2]["trace_id"], trace.id.to_string());
    assert_eq!(parsed[2]["span_id"], inner.id.to_string());
    assert_eq!(parsed[2]["fields"]["message"], "in inner");
    assert_eq!(parsed[3]["span_id"], inner.id.to_string());
}

#[test]
fn without_the_layer_lines_carry_the_spans_of_obs() {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .event_format(WithIds::new(format().without_time().with_target(false)))
        .with_writer(move || writer.clone())
        .finish();
    let trace = sole(stored(&subscriber.into(), some_lines));
    let inner = ids(&trace, span(&trace, "inner"));
    let lines = lines.all();
    assert_eq!(lines[1], " INFO outer{a=1}: in outer");
    assert_eq!(lines[2], format!(" INFO outer{{a=1}}: in inner n=2{inner}"));
    assert_eq!(lines[4], " INFO outer{a=1}: of outer");
}
