//! A span that goes the short way, which takes the counter for a clock, is recorded as one that goes the long way.

use std::collections::HashMap;
use std::panic::catch_unwind;

use obs::collector::Spans;
use obs::collector::spans::{Record, What};
use obs::{Component, clock, instrumented, span};

/// Of the flags in the first word: that times are of the monotonic clock.
const MONOTONIC: u64 = 1 << (16 + 12);

#[instrumented(span)]
fn called(fails: bool) -> Result<u8, String> {
    drop(span!("inside", answer = 42));
    match fails {
        false => Ok(7),
        true => Err("it was refused".to_owned()),
    }
}

#[instrumented(span)]
async fn polled() {
    drop(span!("in a poll"));
}

fn journey(component: Component) {
    let _root = span!("root");
    let outer = span!("outer");
    let inner = span!("inner");
    drop(outer);
    drop(span!("below both"));
    inner.error("it failed");
    drop(inner);
    component.scope(|| {
        let _ = called(false);
        let _ = called(true);
        let mut future = std::pin::pin!(polled());
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(future.as_mut().poll(&mut context).is_ready());
    });
    let unwound = catch_unwind(|| {
        let _panics = span!("panics");
        panic!("on purpose");
    });
    assert!(unwound.is_err());
    std::mem::forget(span!("forgotten"));
    drop(span!("below what was forgotten"));
}

/// The records of a journey, with numbers for ids in the order in which they come, and without times.
fn records(spans: &mut Spans, journey: impl FnOnce()) -> Vec<[u64; 8]> {
    spans.drain(|_| {});
    journey();
    let mut ids = HashMap::from([(0, 0)]);
    let mut records = Vec::new();
    spans.drain(|record: Record<'_>| {
        if !matches!(record.what(), What::End | What::Start) {
            return;
        }
        assert!(record.what() == What::Start || record.start() <= record.end());
        let mut words = record.words()[0];
        words[0] &= !MONOTONIC;
        for id in [1, 2, 3, 4] {
            let next = ids.len() as u64;
            words[id] = *ids.entry(words[id]).or_insert(next);
        }
        words[5] = 0;
        if record.what() == What::End {
            words[6] = 0;
        }
        records.push(words);
    });
    records
}

#[test]
fn both_ways_record_the_same() {
    let mut spans = Spans::acquire(4_096).expect("nobody else collects");
    let component = Component::register("short/way");
    let on_its_own = |spans: &mut Spans| {
        std::thread::scope(|scope| {
            let thread = scope.spawn(|| records(spans, || journey(component)));
            thread.join().expect("it ends")
        })
    };
    let long = on_its_own(&mut spans);
    assert!(long.len() > 10, "{long:?}");
    let switched = std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            records(&mut spans, || {
                let _root = span!("root");
                let before = span!("before");
                let _ = clock::calibrate();
                drop(span!("after"));
                drop(before);
                drop(span!("behind"));
            })
        });
        thread.join().expect("it ends")
    });
    assert_eq!(switched.len(), 5, "{switched:?}");
    if !clock::calibrate() {
        eprintln!("this machine's counter is not trusted: there is one way alone");
        return;
    }
    let short = on_its_own(&mut spans);
    assert_eq!(short, long);
}
