//! Models of what spans are recorded into: rings, frames, tracks that go from thread to thread.

use loom::sync::Arc;
use loom::sync::atomic::{AtomicU64, Ordering, fence};
use loom::thread;

use super::model;
use crate::record::frame::{Frame, State};
use crate::record::ring::{Fate, Look, Ring, Told, Words, len_of};
use crate::record::track::Tracks;

/// A group of one slot that says the same in both of its words.
fn group(number: u64) -> [Words; 1] {
    [[1 << 8 | number << 32, number]]
}

/// The number of a slot; fails where its words are of two groups.
fn number(words: &Words) -> u64 {
    assert_eq!(words[0] >> 32, words[1], "torn");
    words[1]
}

/// What the thread that has the ring does.
fn record(ring: &Ring, number: u64) -> Fate {
    let group = group(number);
    if ring.try_record(&group) {
        return Fate::Recorded;
    }
    ring.record(&group, true, 0)
}

fn drain(ring: &Ring) -> Vec<u64> {
    let mut numbers = Vec::new();
    ring.take(u64::MAX, |words| {
        if words[0] & 0xff != crate::record::ring::GAP {
            numbers.push(number(words));
        }
    });
    numbers
}

#[test]
fn groups_arrive_whole_and_in_order_and_those_without_room_are_counted() {
    model(|| {
        let ring = Arc::new(Ring::new(2));
        // The reader has a thread of its own: loom explores what other threads do between the steps of this one.
        let reader = thread::spawn({
            let ring = ring.clone();
            move || drain(&ring)
        });
        let fates = (1..=3).map(|number| record(&ring, number));
        let dropped = fates.filter(|fate| *fate == Fate::Dropped).count();
        let mut taken = reader.join().expect("the reader ends");
        taken.extend(drain(&ring));
        assert!(taken.is_sorted(), "{taken:?}");
        assert_eq!(taken.len() + dropped, 3, "lost");
        let [emitted, counted] = ring.counts();
        assert_eq!(emitted[0], 3);
        assert_eq!(counted[0], dropped as u64);
    });
}

/// What is taken of a full ring in parts, while one group more is dropped and others are recorded: where one of them comes before the
/// record of the drop, its part is not whole. `is_whole` says whether it is.
fn in_parts(
    is_whole: impl Fn(&Ring, &mut Look<'_>, u64, Told) -> bool + Clone + Send + Sync + 'static,
) {
    model(move || {
        let ring = Arc::new(Ring::new(8));
        for number in 1..=8 {
            assert_ne!(record(&ring, number), Fate::Dropped);
        }
        let reader = thread::spawn({
            let (ring, is_whole) = (ring.clone(), is_whole.clone());
            move || {
                let (mut told, mut seen, mut gap) = (Told::default(), Vec::new(), false);
                // Groups of gaps take more slots than one, which say nothing.
                let mut rest = 0;
                for _ in 0..2 {
                    let mut look = ring.look();
                    while look.left() > 0 {
                        let taken = ring.take(look.left().min(3), |words| {
                            if rest > 0 {
                                rest -= 1;
                            } else if words[0] & 0xff == crate::record::ring::GAP {
                                (gap, rest) = (true, len_of(words) - 1);
                            } else {
                                seen.push(number(words));
                            }
                        });
                        let is_whole = is_whole(&ring, &mut look, taken, told);
                        let lacks = seen.contains(&10) && !seen.contains(&9) && !gap;
                        assert!(!(lacks && is_whole), "passes for whole");
                    }
                    look.end(&mut told);
                }
            }
        });
        for number in 9..=11 {
            record(&ring, number);
        }
        reader.join().expect("the reader ends");
    });
}

#[test]
fn a_part_with_what_was_recorded_after_a_drop_is_not_whole() {
    in_parts(|_, look, taken, told| look.took(taken, told));
}

#[test]
#[should_panic(expected = "passes for whole")]
fn a_part_is_not_whole_because_there_is_a_record_of_each_drop() {
    in_parts(|ring, look, taken, told| {
        look.took(taken, told);
        ring.touched().is_some_and(|touched| touched.is_empty())
    });
}

#[test]
fn no_group_is_counted_as_dropped_that_is_not_counted_as_emitted() {
    model(|| {
        let ring = Arc::new(Ring::new(2));
        let reader = thread::spawn({
            let ring = ring.clone();
            move || ring.counts()
        });
        for number in 1..=3 {
            record(&ring, number);
        }
        let [emitted, dropped] = reader.join().expect("the reader ends");
        assert!(dropped[0] <= emitted[0], "{} > {}", dropped[0], emitted[0]);
    });
}

#[test]
fn a_track_goes_on_with_what_its_last_thread_left() {
    model(|| {
        let tracks = Arc::new(Tracks::new());
        let threads: Vec<_> = (1..=2)
            .map(|number| {
                let tracks = tracks.clone();
                thread::spawn(move || {
                    let track = tracks.begin(4, 2).expect("there are two");
                    record(&track.ring, number);
                    tracks.end(track, track.left_frames());
                })
            })
            .collect();
        for thread in threads {
            thread.join().expect("it ends");
        }
        let mut taken: Vec<u64> = tracks
            .all()
            .iter()
            .flat_map(|track| drain(&track.ring))
            .collect();
        taken.sort_unstable();
        assert_eq!(taken, [1, 2], "lost");
    });
}

#[test]
fn what_is_seen_of_an_open_span_is_whole() {
    model(|| {
        let frame: &'static Frame = Box::leak(Box::new(Frame::free()));
        let owner = thread::spawn(move || {
            for number in [1, 2] {
                frame.show(|_| number);
                frame.keep_place(|_| 0, None);
                frame.set_state(State::Ended);
                frame.hide();
            }
        });
        if let Some([number, fact]) = frame.look() {
            assert_eq!(number, fact, "torn");
        }
        owner.join().expect("the owner ends");
        assert!(frame.look().is_none(), "nothing is open");
    });
}

/// A ring of one slot that publishes by a store of this kind; the reader may free before it has read.
fn of_one_slot(publish: Ordering, free_first: bool) {
    model(move || {
        let slot = Arc::new([(); 4].map(|()| AtomicU64::new(0)));
        let reader = thread::spawn({
            let slot = slot.clone();
            move || {
                let [first, second, tail, head] = &*slot;
                if tail.load(Ordering::Acquire) == 1 {
                    if free_first {
                        head.store(1, Ordering::Release);
                    }
                    let words = [first, second].map(|word| word.load(Ordering::Relaxed));
                    assert_eq!(words, [1, 1], "torn");
                    head.store(1, Ordering::Release);
                }
            }
        });
        let [first, second, tail, head] = &*slot;
        for number in 1..=2 {
            if tail.load(Ordering::Relaxed) == head.load(Ordering::Acquire) {
                first.store(number, Ordering::Relaxed);
                second.store(number, Ordering::Relaxed);
                tail.store(number, publish);
            }
        }
        reader.join().expect("the reader ends");
    });
}

#[test]
fn a_ring_of_one_slot_that_keeps_the_rules_is_whole() {
    of_one_slot(Ordering::Release, false);
}

#[test]
#[should_panic(expected = "torn")]
fn a_tail_that_publishes_nothing_lets_half_a_group_be_read() {
    of_one_slot(Ordering::Relaxed, false);
}

#[test]
#[should_panic(expected = "torn")]
fn a_reader_that_frees_before_it_has_read_is_overwritten() {
    of_one_slot(Ordering::Release, true);
}

#[test]
#[should_panic(expected = "torn")]
fn a_frame_without_its_number_is_read_half() {
    model(|| {
        let facts = Arc::new([AtomicU64::new(1), AtomicU64::new(1)]);
        let owner = thread::spawn({
            let facts = facts.clone();
            move || {
                // The number is not taken away while the fact changes.
                facts[1].store(2, Ordering::Relaxed);
                facts[0].store(2, Ordering::Release);
            }
        });
        let number = facts[0].load(Ordering::Acquire);
        let fact = facts[1].load(Ordering::Relaxed);
        fence(Ordering::Acquire);
        if facts[0].load(Ordering::Relaxed) == number {
            assert_eq!(number, fact, "torn");
        }
        owner.join().expect("the owner ends");
    });
}
