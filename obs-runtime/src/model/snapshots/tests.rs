//! Who gets which merge, moved by hand: nothing here sleeps.

use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Wake;
use std::time::{Instant, SystemTime};

use super::*;

const LONG: Duration = Duration::from_secs(3600);

fn snapshots() -> Snapshots {
    Snapshots::new(Snapshot::empty(SystemTime::UNIX_EPOCH))
}

fn at(seconds: u64) -> Arc<Snapshot> {
    Arc::new(Snapshot::empty(
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds),
    ))
}

fn seconds(snapshot: &Snapshot) -> u64 {
    let since = snapshot.time().duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap().as_secs()
}

#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn whoever_asks_during_a_merge_gets_the_next_one() {
    let snapshots = snapshots();
    let woken = Arc::new(Count::default());
    let waker = Waker::from(woken.clone());
    let context = &mut Context::from_waker(&waker);

    let mut early = pin!(snapshots.fresh());
    assert!(early.as_mut().poll(context).is_pending());
    assert_eq!(snapshots.begin(LONG), Work::Merge);
    let mut late = pin!(snapshots.fresh());
    assert!(late.as_mut().poll(context).is_pending());

    snapshots.publish(at(1), Instant::now());
    assert_eq!(woken.0.load(Ordering::SeqCst), 2);
    let Poll::Ready(Ok(first)) = early.as_mut().poll(context) else {
        panic!("the first merge is published");
    };
    assert_eq!(seconds(&first), 1);
    assert!(late.as_mut().poll(context).is_pending());

    assert_eq!(snapshots.begin(LONG), Work::Merge);
    snapshots.publish(at(2), Instant::now());
    let Poll::Ready(Ok(second)) = late.as_mut().poll(context) else {
        panic!("the second merge is published");
    };
    assert_eq!(seconds(&second), 2);
}

#[test]
fn two_hundred_who_ask_together_share_one_merge() {
    let snapshots = snapshots();
    let context = &mut Context::from_waker(Waker::noop());
    let mut waiting: Vec<_> = (0..200).map(|_| Box::pin(snapshots.fresh())).collect();
    assert!(
        waiting
            .iter_mut()
            .all(|one| one.as_mut().poll(context).is_pending())
    );
    assert_eq!(snapshots.begin(LONG), Work::Merge);
    snapshots.publish(at(1), Instant::now());
    assert!(
        waiting
            .iter_mut()
            .all(|one| one.as_mut().poll(context).is_ready())
    );
    assert_eq!(snapshots.lock().begun, 1);
}

#[test]
fn whoever_gives_up_leaves_nothing_behind() {
    let snapshots = snapshots();
    let context = &mut Context::from_waker(Waker::noop());
    let mut patient = Box::pin(snapshots.fresh());
    let mut impatient = Box::pin(snapshots.fresh());
    for _ in 0..3 {
        assert!(patient.as_mut().poll(context).is_pending());
        assert!(impatient.as_mut().poll(context).is_pending());
    }
    assert_eq!(snapshots.lock().waiting.len(), 2);
    drop(impatient);
    assert_eq!(snapshots.lock().waiting.len(), 1);
    assert_eq!(snapshots.begin(LONG), Work::Merge);
    snapshots.publish(at(1), Instant::now());
    assert!(patient.as_mut().poll(context).is_ready());
}

#[test]
fn age_counts_from_the_last_merge_and_ends_with_the_merging_thread() {
    let snapshots = snapshots();
    let now = Instant::now();
    assert_eq!(snapshots.age(now), None, "nothing has been merged");
    snapshots.begin(Duration::ZERO);
    snapshots.publish(at(1), now);
    assert_eq!(snapshots.age(now + LONG), Some(LONG));
    snapshots.publish(at(2), now + LONG);
    assert_eq!(snapshots.age(now + LONG), Some(Duration::ZERO));
    snapshots.close();
    assert_eq!(snapshots.age(now + LONG), None);
}

#[test]
fn a_tick_merges_without_being_asked() {
    let snapshots = snapshots();
    let before = Instant::now();
    assert_eq!(snapshots.begin(Duration::from_millis(5)), Work::Merge);
    assert!(before.elapsed() >= Duration::from_millis(5));
}

#[test]
fn the_last_merge_answers_those_who_asked_before_it_and_no_others() {
    let snapshots = snapshots();
    let context = &mut Context::from_waker(Waker::noop());
    snapshots.stop();
    let mut early = pin!(snapshots.fresh());
    assert!(early.as_mut().poll(context).is_pending());
    assert_eq!(snapshots.begin(LONG), Work::LastMerge);
    assert_eq!(snapshots.fresh_blocking().unwrap_err(), Stopped);
    snapshots.publish(at(9), Instant::now());
    snapshots.close();
    assert!(matches!(early.as_mut().poll(context), Poll::Ready(Ok(_))));
    assert_eq!(seconds(&snapshots.latest()), 9);
}

#[test]
fn nobody_waits_for_a_merging_thread_that_is_gone() {
    let snapshots = Arc::new(snapshots());
    let waiting = {
        let snapshots = snapshots.clone();
        std::thread::spawn(move || snapshots.fresh_blocking())
    };
    assert_eq!(snapshots.begin(LONG), Work::Merge);
    snapshots.close();
    assert_eq!(waiting.join().unwrap().unwrap_err(), Stopped);
}
