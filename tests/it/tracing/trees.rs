//! Spans of obs and of `tracing` are parts of each other as they are entered.

use tracing::{Id, info_span};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{FilterFn, LevelFilter};
use tracing_subscriber::layer::SubscriberExt;

use obs_tests::traces::ALL;

use super::{bare, parent, sole, span, stored, stored_with};
use obs_runtime::bridge::tracing::ObsLayer;

#[test]
fn spans_of_both_are_in_one_tree() {
    let traces = stored(&bare(), || {
        let _a = obs::span!("a");
        let _b = info_span!("b").entered();
        let _c = obs::span!("c");
        let _d = info_span!("d").entered();
        drop(obs::span!("e"));
    });
    let trace = sole(traces);
    let parents = ["a", "b", "c", "d", "e"].map(|name| parent(&trace, name).to_owned());
    assert_eq!(parents, ["", "a", "b", "c", "d"]);
}

#[test]
fn a_span_without_a_parent_begins_a_trace() {
    let traces = stored(&bare(), || {
        info_span!("first").in_scope(|| drop(obs::span!("inside")));
        drop(info_span!("second"));
    });
    let [first, second] = &traces[..] else {
        panic!("two traces: {traces:#?}");
    };
    assert_eq!(parent(first, "inside"), "first");
    assert_eq!(second.spans.len(), 1);
    assert_ne!(first.id, second.id);
}

#[test]
fn what_follows_a_span_is_not_in_it() {
    let traces = stored(&bare(), || {
        let root = obs::span!("root");
        let b = info_span!("b");
        b.in_scope(|| drop(info_span!("in_b")));
        drop(obs::span!("beside_b"));
        drop(info_span!("beside_b_too"));
        drop(root);
        assert!(!obs::Context::current().is_some());
    });
    let trace = sole(traces);
    let parents = ["b", "in_b", "beside_b", "beside_b_too"].map(|name| parent(&trace, name));
    assert_eq!(parents, ["root", "b", "root", "root"]);
}

#[test]
fn explicit_parents_go_before_what_the_thread_is_in() {
    let traces = stored(&bare(), || {
        let _root = obs::span!("root");
        let other = info_span!("other");
        let _in = info_span!("in").entered();
        drop(info_span!(parent: &other, "of_other"));
        drop(info_span!(parent: None, "of_nothing"));
        drop(info_span!("of_in"));
    });
    let [trace, alone] = &traces[..] else {
        panic!("two traces: {traces:#?}");
    };
    assert_eq!(parent(trace, "of_other"), "other");
    assert_eq!(parent(trace, "of_in"), "in");
    assert_eq!(&*alone.spans[0].operation, "of_nothing");
    assert_eq!(alone.spans[0].parent, None);
}

#[test]
fn spans_may_be_left_and_closed_in_any_order() {
    let traces = stored(&bare(), || {
        let _root = obs::span!("root");
        let (a, b) = (info_span!("a"), info_span!("b"));
        let in_a = a.enter();
        let in_b = b.enter();
        drop(in_a);
        drop(obs::span!("in_b"));
        drop(in_b);
        drop(info_span!("in_root"));
        // Twice in the same.
        let twice = info_span!("twice");
        let (outer, inner) = (twice.enter(), twice.enter());
        drop(inner);
        drop(obs::span!("in_twice"));
        drop(outer);
        drop(obs::span!("in_root_too"));
        drop(a);
        drop(twice);
        drop(b);
    });
    let trace = sole(traces);
    let names = ["a", "b", "in_b", "in_root", "in_twice", "in_root_too"];
    let parents = names.map(|name| parent(&trace, name));
    assert_eq!(parents, ["root", "root", "b", "root", "twice", "root"]);
    assert!(span(&trace, "a").end_ns <= span(&trace, "b").end_ns);
}

#[test]
fn a_guard_that_outlives_the_poll_of_an_outer_span_harms_nobody() {
    use std::pin::pin;
    use std::task::{Context, Waker};
    let traces = stored(&bare(), || {
        let _root = obs::span!("root");
        let inner = info_span!("inner");
        for _ in 0..1_000 {
            let mut held = None;
            let held_by = &mut held;
            let future = async {
                *held_by = Some(inner.enter());
                std::future::pending::<()>().await;
            };
            let mut future = Box::pin(obs::span!("outer").around(future));
            let mut context = Context::from_waker(Waker::noop());
            assert!(pin!(&mut future).poll(&mut context).is_pending());
            drop(future);
            drop(held);
        }
        drop(obs::span!("last"));
    });
    let trace = &traces[0];
    assert_eq!(parent(trace, "last"), "root");
}

#[test]
fn a_span_may_be_closed_on_another_thread() {
    let traces = stored(&bare(), || {
        let _root = obs::span!("root");
        let moved = info_span!("moved");
        std::thread::spawn(move || moved.in_scope(|| drop(obs::span!("inside"))))
            .join()
            .expect("it ends");
    });
    let trace = sole(traces);
    assert_eq!(parent(&trace, "moved"), "root");
    assert_eq!(parent(&trace, "inside"), "moved");
    let moved = span(&trace, "moved");
    assert_eq!(moved.end_thread, span(&trace, "inside").end_thread);
    assert_ne!(moved.end_thread, span(&trace, "root").end_thread);
}

#[test]
fn what_follows_from_another_is_linked_to_it() {
    let traces = stored(&bare(), || {
        let cause = info_span!("cause");
        let effect = info_span!("effect");
        effect.follows_from(&cause);
        effect.follows_from(Id::from_u64(1 << 40));
    });
    let [cause, effect] = &traces[..] else {
        panic!("two traces: {traces:#?}");
    };
    let [link] = &effect.spans[0].links[..] else {
        panic!("one link: {effect:#?}");
    };
    assert_eq!((link.trace, link.span), (cause.id, cause.spans[0].id));
}

#[test]
fn what_is_inside_a_span_that_is_left_out_belongs_to_the_one_around_it() {
    let spans = || {
        let _a = info_span!("a").entered();
        let left_out = tracing::debug_span!("left_out").entered();
        drop(info_span!("b"));
        drop(obs::span!("c"));
        let left_out = left_out.exit();
        let _none = info_span!("none").entered();
        drop(info_span!(parent: &left_out, "d"));
    };
    let by_level = super::with(ObsLayer::new().max_level(LevelFilter::INFO));
    let filtered = ObsLayer::new().with_filter(LevelFilter::INFO);
    let by_filter = tracing_subscriber::registry().with(filtered).into();
    let by_name = FilterFn::new(|metadata| metadata.name() != "left_out");
    let by_name = tracing_subscriber::registry()
        .with(ObsLayer::new().with_filter(by_name))
        .into();
    for subscriber in [by_level, by_filter, by_name] {
        let traces = stored(&subscriber, spans);
        let trace = &traces[0];
        let parents = ["b", "c"].map(|name| parent(trace, name));
        assert_eq!(parents, ["a", "a"]);
        let all = traces.iter().flat_map(|trace| &trace.spans);
        assert!(all.clone().all(|span| &*span.operation != "left_out"));
        assert!(all.clone().any(|span| &*span.operation == "d"));
    }
}

#[test]
fn what_this_layer_leaves_out_others_get() {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("nobody panicked").write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    let sink = Sink::default();
    let writer = sink.clone();
    let others = tracing_subscriber::fmt::layer().with_writer(move || writer.clone());
    let subscriber = tracing_subscriber::registry()
        .with(ObsLayer::new().max_level(LevelFilter::ERROR))
        .with(others);
    let traces = stored(&subscriber.into(), || {
        let _span = tracing::debug_span!("unseen").entered();
        tracing::debug!(target: "obs::own", "heard elsewhere");
    });
    assert!(traces.is_empty());
    let heard = sink.0.lock().expect("nobody panicked").clone();
    let heard = String::from_utf8(heard).expect("it is text");
    assert!(
        heard.contains("unseen") && heard.contains("heard elsewhere"),
        "{heard}"
    );
}

#[test]
fn spans_of_obs_itself_are_left_out() {
    let traces = stored(&bare(), || {
        let _own = info_span!(target: "obs_runtime::serve", "own").entered();
        drop(info_span!(target: "observatory", "others"));
    });
    let trace = sole(traces);
    assert_eq!(&*trace.spans[0].operation, "others");
}

#[test]
fn the_share_of_a_root_holds_for_all_that_is_inside() {
    let traces = stored_with(
        |builder| builder.sample("tree_of_share", 0.0).keep_traces(ALL),
        &bare(),
        || {
            let root = info_span!("tree_of_share");
            root.in_scope(|| {
                drop(info_span!("inside"));
                drop(obs::span!("inside_too"));
                tracing::error!("unheard");
            });
            // On a thread that is in nothing.
            std::thread::spawn(move || root.in_scope(|| drop(obs::span!("elsewhere"))))
                .join()
                .expect("it ends");
            drop(info_span!("another"));
        },
    );
    let trace = sole(traces);
    assert_eq!(&*trace.spans[0].operation, "another");
}

#[test]
fn without_a_collector_nothing_happens() {
    let _turn = obs_tests::turn();
    tracing::dispatcher::with_default(&bare(), || {
        let span = info_span!("nobody", otel.name = "x", error = "y").entered();
        assert!(!obs::Context::current().is_some());
        tracing::error!("nobody hears it");
        span.record("error", "z");
        let other = info_span!("other");
        other.follows_from(&*span);
    });
}
