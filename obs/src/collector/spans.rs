//! Taking in what all threads have recorded of spans. For obs-runtime: one at a time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::Thread;

pub use crate::clock::Anchor;
use crate::record::hot::{self, WORLD};
use crate::record::ring::{KINDS, MOST_SLOTS, Told, Words};
use crate::record::sync::lock;
use crate::record::track::{All, Track};
use crate::recorded::group::START;
use crate::recorded::local::{COLLECTOR, LOST, SLOTS, TRACKS, WITHOUT_TRACK, WOKEN};
pub use crate::recorded::record::{
    Attribute, Exemplar, Key, Lost, Owner, Polled, Reading, Record, What, outside,
};
use crate::recorded::site;
pub use crate::recorded::{Description, Edge, Kind, Site, Status, Value};

/// The one that takes in spans. While there is one, spans are recorded; dropping it switches all of them off.
#[derive(Debug)]
pub struct Spans {
    /// By the order of rings.
    known: Vec<OfRing>,
}

/// What is known of a ring since it was last drained.
#[derive(Debug, Clone, Copy, Default)]
struct OfRing {
    /// The number of the thread that had it.
    thread: u32,
    /// Of which of its drops the records have been taken in.
    told: Told,
}

/// What the last one knew of rings.
static KNOWN: Mutex<Vec<OfRing>> = Mutex::new(Vec::new());

/// What comes of draining rings.
#[derive(Debug)]
pub enum Drained<'a> {
    /// A record.
    Record(Record<'a>),
    /// Some of what is in a ring has been taken in: there may be more.
    Part {
        /// The collector that it is taken in by.
        spans: &'a Spans,
        /// Whether there are records of all that was dropped between these records and before them, and have been taken in.
        is_whole: bool,
    },
}

/// What the record path counts about spans, by kind of record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SpanStats {
    /// Records that threads made, dropped ones included.
    pub emitted: [u64; KINDS],
    /// Those that were dropped because the ring was full.
    pub ring_full: [u64; KINDS],
    /// Those that were dropped because their thread had no ring: there were too many threads, or it was ending.
    pub no_ring: [u64; KINDS],
    /// How many rings there are.
    pub rings: u64,
    /// How many slots they have together, of 64 bytes.
    pub slots: u64,
    /// How many of them wait to be taken in.
    pub slots_in_use: u64,
    /// How many slots wait in the ring that is fullest, in thousandths of it.
    pub fullest_permille: u64,
}

/// A span that a thread is in at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    /// The number of its thread.
    pub thread: u32,
    /// As if it were the record of its start.
    words: Words,
}

impl Open {
    /// The record of its start.
    pub fn record(&self) -> Record<'_> {
        Record::new(std::slice::from_ref(&self.words), self.thread)
    }
}

static ACQUIRED: AtomicBool = AtomicBool::new(false);

/// How many slots of a ring are taken before its thread is told that there is room again. Less: what has been taken in is near. More: less
/// is done between two parts.
const PART: u64 = 256;

impl Spans {
    /// Acquires the process's span collector, for the calling thread, which is unparked when a ring is half full; `None`
    /// while another holds it.
    ///
    /// `slots` is how many the ring of each new thread has: at least 64, and rounded up to a power of two.
    pub fn acquire(slots: usize) -> Option<Spans> {
        if ACQUIRED.swap(true, Ordering::AcqRel) {
            return None;
        }
        SLOTS.store(slots.max(64).next_power_of_two(), Ordering::Relaxed);
        site::collect(true);
        Some(Spans {
            known: std::mem::take(&mut *lock(&KNOWN)),
        })
    }

    /// Whom to unpark when a ring is half full.
    pub fn wake(&self, thread: Thread) {
        *lock(&COLLECTOR) = Some(thread);
        WOKEN.store(false, Ordering::Relaxed);
    }

    /// Takes in what threads have recorded until now, of each thread in its order, and gives it to `look`.
    ///
    /// Returns how many records there were.
    pub fn drain(&mut self, mut look: impl FnMut(Record<'_>)) -> u64 {
        self.drain_in_parts(|drained| match drained {
            Drained::Record(record) => look(record),
            Drained::Part { .. } => {}
        })
    }

    /// The same, with a pause after some of each ring: what is near then will not be later.
    pub fn drain_in_parts(&mut self, mut look: impl FnMut(Drained<'_>)) -> u64 {
        // Before rings are looked at: one that is half full from here on wakes again.
        WOKEN.store(false, Ordering::Relaxed);
        let tracks = TRACKS.all();
        let mut known = std::mem::take(&mut self.known);
        known.resize(tracks.len(), OfRing::default());
        let mut records = 0;
        for (track, known) in tracks.iter().zip(&mut known) {
            records += self.drain_one(track, known, &mut look);
        }
        self.known = known;
        records
    }

    fn drain_one(
        &self,
        track: &Track,
        known: &mut OfRing,
        look: &mut impl FnMut(Drained<'_>),
    ) -> u64 {
        let mut records = 0;
        let mut looking = track.ring.look();
        while looking.left() > 0 {
            let mut take = |record: Record<'_>| {
                records += 1;
                look(Drained::Record(record));
            };
            let taken = drain_part(
                track,
                &mut known.thread,
                looking.left().min(PART),
                &mut take,
            );
            if taken == 0 {
                break;
            }
            look(Drained::Part {
                spans: self,
                is_whole: looking.took(taken, known.told),
            });
        }
        looking.end(&mut known.told);
        records
    }

    /// The traces that records were dropped of and no record tells of yet; `None` if there are more than are remembered. Those of
    /// threads that had no ring are told once.
    pub fn touched(&self) -> Vec<Option<Vec<[u64; 2]>>> {
        let tracks = TRACKS.all();
        let touched = tracks.iter().map(|track| track.ring.touched());
        let touched = touched.chain([LOST.take()]);
        touched
            .filter(|traces| traces.as_ref().is_none_or(|traces| !traces.is_empty()))
            .collect()
    }

    /// The spans that threads are in at this moment.
    pub fn open(&self) -> Vec<Open> {
        let tracks = TRACKS.all();
        let known = self.known.iter().map(|known| known.thread);
        let of_track = |(track, thread): (&&'static Track, u32)| {
            let open = track.open().into_iter();
            let recorded = open.filter(|facts| facts[5] != 0);
            recorded
                .map(|[span, high, low, parent, start, first, marks, _]| Open {
                    thread,
                    words: [
                        first | START,
                        high,
                        low,
                        span,
                        parent,
                        start,
                        0,
                        marks >> 32,
                    ],
                })
                .collect::<Vec<_>>()
        };
        let threads = known.chain(std::iter::repeat(0));
        tracks.iter().zip(threads).flat_map(of_track).collect()
    }

    /// What the record path counts.
    pub fn stats(&self) -> SpanStats {
        stats(&TRACKS.all())
    }

    /// The sites from that number on, which later ones do not change; the first is 1.
    pub fn sites_from(&self, number: u32) -> Vec<&'static Site> {
        site::from(number)
    }

    /// Switches spans and events on or off, by name or by its beginning and `*`; what was said last holds.
    pub fn switch(&self, names: &str, on: bool) {
        site::switch(names, on);
    }

    /// Records this share, from 0 to 1, of the traces that begin in spans of that name, or its beginning and `*`.
    pub fn set_share(&self, names: &str, share: f64) {
        site::set_share(names, share);
    }

    /// The name of a component by what records say of it; `None` outside any, and when it is gone.
    pub fn component(&self, component: u32) -> Option<Arc<str>> {
        let (index, life) = (component & 0x00ff_ffff, component >> 24);
        if index == 0 {
            return None;
        }
        hot::quietly(|| WORLD.named(index, life as u8))
    }
}

impl Drop for Spans {
    fn drop(&mut self) {
        site::collect(false);
        *lock(&KNOWN) = std::mem::take(&mut self.known);
        *lock(&COLLECTOR) = None;
        WOKEN.store(true, Ordering::Relaxed);
        ACQUIRED.store(false, Ordering::Release);
    }
}

/// Takes so many slots of a ring, and the rest of the group that they end in. Returns how many these were.
fn drain_part(
    track: &Track,
    thread: &mut u32,
    most: u64,
    look: &mut impl FnMut(Record<'_>),
) -> u64 {
    let mut give = |slots: &[Words]| {
        let record = Record::new(slots, *thread);
        if record.what() == What::Thread {
            *thread = record.new_thread();
        }
        look(Record::new(slots, *thread));
    };
    // A group is published whole: it never begins in one part of what is taken and ends in the next but by that part's size.
    let mut group = [[0; 8]; MOST_SLOTS];
    let (mut len, mut whole) = (0, 1);
    let mut taken = 0;
    while taken < most || len > 0 {
        let more = track.ring.take(most.saturating_sub(taken).max(1), |words| {
            if len == 0 {
                whole = crate::record::ring::len_of(words);
                if whole == 1 {
                    return give(std::slice::from_ref(words));
                }
            }
            group[len] = *words;
            len += 1;
            if len == whole {
                give(&group[..len]);
                len = 0;
            }
        });
        if more == 0 {
            break;
        }
        taken += more;
    }
    taken
}

fn stats(tracks: &All) -> SpanStats {
    let mut stats = SpanStats {
        rings: tracks.len() as u64,
        ..SpanStats::default()
    };
    for track in tracks.iter() {
        let [emitted, dropped] = track.ring.counts();
        for kind in 0..KINDS {
            stats.emitted[kind] += emitted[kind];
            stats.ring_full[kind] += dropped[kind];
        }
        let (in_use, slots) = (track.ring.in_use(), track.ring.capacity());
        stats.slots += slots;
        stats.slots_in_use += in_use;
        stats.fullest_permille = stats.fullest_permille.max(in_use * 1_000 / slots);
    }
    for (kind, without) in WITHOUT_TRACK.iter().enumerate() {
        stats.no_ring[kind] = without.load(Ordering::Relaxed);
        stats.emitted[kind] += stats.no_ring[kind];
    }
    stats
}
