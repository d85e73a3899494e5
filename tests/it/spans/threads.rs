//! Whose records are whose.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::mpsc::channel;
use std::thread;

use obs::collector::spans::What;
use obs::{OpenSpan, span};

use crate::seen::Watching;

#[test]
fn a_thread_that_goes_on_with_a_full_ring_says_whose_it_is_once_there_is_room() {
    let mut watching = Watching::begin();
    let named = |name: &str| thread::Builder::new().name(name.to_owned());
    let fill = || (0..10_000).for_each(|_| drop(span!("threads.fill", root)));
    let first = named("first").spawn(fill).expect("it starts");
    first.join().expect("it ends");
    let ((tell, told), (go, wait)) = (channel(), channel());
    let second = named("second").spawn(move || {
        drop(span!("threads.lost", root));
        tell.send(()).expect("the test waits");
        wait.recv().expect("there is room");
        drop(span!("threads.kept", root));
    });
    told.recv().expect("it is there");
    let (mut names, mut threads) = (HashMap::new(), Vec::new());
    watching.spans.drain(|record| {
        if record.what() == What::Thread {
            names.insert(record.new_thread(), record.text());
        }
    });
    go.send(()).expect("it waits");
    second.expect("it starts").join().expect("it ends");
    watching.spans.drain(|record| match record.what() {
        What::Thread => {
            names.insert(record.new_thread(), record.text());
        }
        What::End => threads.push(record.thread()),
        _ => {}
    });
    assert_eq!(threads.len(), 1);
    assert_eq!(names.get(&threads[0]).map(String::as_str), Some("second"));
}

#[test]
fn a_trace_is_known_to_lack_a_span_that_ends_behind_its_threads_end() {
    thread_local! {
        static LAST: RefCell<Option<OpenSpan>> = const { RefCell::new(None) };
    }
    let watching = Watching::begin();
    let without_ring = || watching.spans.stats().no_ring.iter().sum::<u64>();
    let before = without_ring();
    // Whoever was there first goes last: the span ends when its thread has no ring any more.
    let open = || {
        LAST.with(|last| {
            let open = span!("threads.last", root).detach();
            let trace = open.context().trace_id();
            last.replace(Some(open));
            trace
        })
    };
    let trace = thread::spawn(open).join().expect("it ends");
    assert_eq!(without_ring() - before, 1);
    let touched = watching.spans.touched();
    let touched: Vec<[u64; 2]> = touched.into_iter().flatten().flatten().collect();
    assert_eq!(touched, [[(trace >> 64) as u64, trace as u64]]);
    assert!(watching.spans.touched().is_empty(), "it is told once");
}
