//! Events: where they belong, what they hold, and what fails with them.

use obs_runtime::bridge::tracing::ObsLayer;
use obs_runtime::model::trace::{Status, Value as Of};
use tracing::level_filters::LevelFilter;
use tracing::{debug, error, info, info_span, trace, warn};

use super::{bare, sole, span, stored, text, value, with};

#[test]
fn an_event_has_level_target_message_and_fields() {
    let traces = stored(&bare(), || {
        let _span = info_span!("span").entered();
        info!(target: "my::part", count = 3, who = ?"x", "took {}", 5);
        warn!(name: "named", "short");
    });
    let trace = sole(traces);
    let [took, named] = &span(&trace, "span").events[..] else {
        panic!("two events: {trace:#?}");
    };
    assert_eq!(&*took.name, "my::part");
    for (key, expected) in [
        ("level", text("INFO")),
        ("target", text("my::part")),
        ("message", text("took 5")),
        ("count", Of::Int(3)),
        ("who", text("\"x\"")),
    ] {
        assert_eq!(value(&took.attributes, key), Some(&expected), "{key}");
    }
    assert_eq!(&*named.name, "named");
    assert_eq!(
        value(&named.attributes, "target"),
        Some(&text(module_path!()))
    );
}

#[test]
fn an_event_belongs_to_the_innermost_span_of_either_kind() {
    let traces = stored(&bare(), || {
        info!("in nothing");
        let outer = info_span!("outer").entered();
        let inner = obs::span!("inner");
        info!("of inner");
        info!(parent: &*outer, "of outer");
        info!(parent: None, "of nothing");
        drop(inner);
        obs::event!("of outer too");
    });
    let trace = sole(traces);
    let messages = |name: &str| -> Vec<String> {
        let events = span(&trace, name).events.iter();
        let message = |event: &obs_runtime::model::trace::Event| {
            let message = value(&event.attributes, "message");
            message.map_or(event.name.to_string(), Of::to_string)
        };
        events.map(message).collect()
    };
    assert_eq!(messages("inner"), ["of inner"]);
    assert_eq!(messages("outer"), ["of outer", "of outer too"]);
}

#[test]
fn an_error_fails_the_span_that_it_happens_in() {
    let traces = stored(&bare(), || {
        let _root = info_span!("root").entered();
        let of_tracing = info_span!("of_tracing").entered();
        error!(error = "underlying", "the message");
        drop(of_tracing);
        let of_obs = obs::span!("of_obs");
        error!(error = "without a message");
        drop(of_obs);
        let explicit = info_span!("explicit");
        error!(parent: &explicit, "elsewhere");
        warn!("not yet");
    });
    let trace = sole(traces);
    for (name, status, message) in [
        ("root", Status::Unset, ""),
        ("of_tracing", Status::Error, "the message"),
        ("of_obs", Status::Error, "without a message"),
        ("explicit", Status::Error, "elsewhere"),
    ] {
        let span = span(&trace, name);
        assert_eq!(
            (span.status, &*span.status_message),
            (status, message),
            "{name}"
        );
    }
}

#[test]
fn finer_levels_are_left_out() {
    let layer = ObsLayer::new()
        .max_span_level(LevelFilter::DEBUG)
        .max_event_level(LevelFilter::WARN);
    let traces = stored(&with(layer), || {
        let _span = tracing::debug_span!("span").entered();
        let _finer = tracing::trace_span!("finer").entered();
        (
            error!("1"),
            warn!("2"),
            info!("3"),
            debug!("4"),
            trace!("5"),
        );
    });
    let trace = sole(traces);
    assert_eq!(trace.spans.len(), 1);
    assert_eq!(trace.spans[0].events.len(), 2);
}

#[test]
fn what_is_logged_with_log_is_an_event_too() {
    // The logger of the process, which passes on to the subscriber of the thread.
    let _ = tracing_log::LogTracer::init();
    let traces = stored(&bare(), || {
        let _span = info_span!("span").entered();
        log::info!(target: "lib::part", "logged {}", 1);
        log::error!("broken");
    });
    let trace = sole(traces);
    let span = span(&trace, "span");
    let [logged, broken] = &span.events[..] else {
        panic!("two events: {trace:#?}");
    };
    let keys: Vec<&str> = logged.attributes.iter().map(|one| &*one.key).collect();
    assert_eq!(keys, ["level", "message", "target"]);
    assert_eq!(
        value(&logged.attributes, "target"),
        Some(&text("lib::part"))
    );
    assert_eq!(
        value(&logged.attributes, "message"),
        Some(&text("logged 1"))
    );
    assert_eq!(&*broken.name, "log");
    assert_eq!(
        (span.status, &*span.status_message),
        (Status::Error, "broken")
    );
}
