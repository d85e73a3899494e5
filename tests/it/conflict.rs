//! Definitions that cannot both be exported: nothing starts, nothing recorded is lost, and the builder can rename.

use obs::{Component, counter, histogram};
use obs_runtime::{Error, Runtime};

fn conflicting() {
    counter!("conflict_total", "Without labels.").inc();
    elsewhere::conflicting();
}

mod elsewhere {
    pub(crate) fn conflicting() {
        obs::counter!("conflict_total", "With one.", labels(kind = "x")).inc_by(2);
    }
}

fn alike() {
    counter!("conflict_other_total", "One.").inc();
    counter!("conflict_another_total", "Another.").inc();
}

fn also_conflicting() {
    let _ = histogram!("conflict_seconds", "One set of bounds.", bounds = [1]);
    rebound::also_conflicting();
}

mod rebound {
    pub(crate) fn also_conflicting() {
        let _ = obs::histogram!("conflict_seconds", "Another.", bounds = [1, 2]);
    }
}

#[test]
fn both_places_are_named_and_a_rename_settles_it() {
    let component = Component::register("conflict");
    component.scope(conflicting);
    also_conflicting();
    alike();

    let builder = || Runtime::builder().no_server();
    let error = builder()
        .start()
        .map(drop)
        .expect_err("two definitions of one name");
    assert!(matches!(error, Error::Conflict { .. }), "{error:?}");
    let message = error.to_string();
    assert_eq!(message.matches("conflict.rs:").count(), 2, "{message}");
    assert!(message.contains("rename("), "{message}");

    let one_left = builder().rename("conflict::rebound", "conflict_seconds", "rebound_seconds");
    let error = one_left
        .start()
        .map(drop)
        .expect_err("one conflict is left");
    assert!(error.to_string().contains("conflict_total"), "{error}");

    let same = builder()
        .rename("conflict::rebound", "conflict_seconds", "rebound_seconds")
        .rename("conflict::elsewhere", "conflict_total", "elsewhere_total")
        .rename("conflict", "conflict_other_total", "conflict_another_total");
    let error = same
        .start()
        .map(drop)
        .expect_err("two metrics would make one series");
    assert!(error.to_string().contains("taken for"), "{error}");

    let runtime = builder()
        .rename("conflict::rebound", "conflict_seconds", "rebound_seconds")
        .rename("conflict::elsewhere", "conflict_total", "elsewhere_total")
        .start()
        .expect("every name is one metric");
    let snapshot = runtime.snapshot();
    let count = |name: &str| {
        snapshot
            .series_of(name)
            .map(|series| series.value().as_f64())
            .sum::<f64>()
    };
    assert_eq!(
        (count("conflict_total"), count("elsewhere_total")),
        (1.0, 2.0),
        "nothing was lost"
    );
}
