//! A track: where one thread records spans, and what others may see of it meanwhile.

use std::sync::Arc;

use super::frame::{Facts, Frame, frame, set_frame};
use super::ring::Ring;
use super::sync::{AtomicPtr, Mutex, lock};

/// How many frames a thread gets at a time.
const FRAMES: usize = if cfg!(loom) { 1 } else { 16 };

/// Where one thread records spans. Never freed: when the thread ends, the next one goes on with it.
pub(crate) struct Track {
    /// What it has recorded.
    pub(crate) ring: Ring,
    /// All frames that it has. Written by the thread, read by the collector.
    frames: Mutex<Vec<&'static [Frame]>>,
    /// The first of those that are free, while no thread has the track. Relaxed: the lock of the idle tracks orders it.
    free: AtomicPtr<Frame>,
}

impl Track {
    /// A track with a ring of that many slots.
    pub(crate) fn new(slots: usize) -> Track {
        Track {
            ring: Ring::new(slots),
            frames: Mutex::new(Vec::new()),
            free: AtomicPtr::new(std::ptr::null_mut()),
        }
    }

    /// The free frames that the last thread left.
    pub(crate) fn left_frames(&self) -> Option<&'static Frame> {
        frame(&self.free)
    }

    /// More frames; the first of a list of free ones. By the thread that has the track.
    pub(crate) fn more_frames(&self) -> &'static Frame {
        let frames: Vec<Frame> = (0..FRAMES).map(|_| Frame::free()).collect();
        let frames: &'static [Frame] = frames.leak();
        for (frame, next) in frames.iter().zip(&frames[1..]) {
            frame.set_below(Some(next));
        }
        lock(&self.frames).push(frames);
        &frames[0]
    }

    /// The spans that the thread is in; one that changes meanwhile is left out.
    pub(crate) fn open(&self) -> Vec<Facts> {
        let frames = lock(&self.frames);
        let frames = frames.iter().flat_map(|frames| frames.iter());
        frames.filter_map(Frame::look).collect()
    }
}

/// The tracks of a process.
pub(crate) struct Tracks {
    all: Mutex<Vec<&'static Track>>,
    /// Those whose thread has ended, with what is left in them.
    idle: Mutex<Vec<&'static Track>>,
}

/// All tracks, for the collector.
pub(crate) type All = Arc<[&'static Track]>;

impl Tracks {
    #[cfg(not(loom))]
    pub(crate) const fn new() -> Tracks {
        Tracks {
            all: Mutex::new(Vec::new()),
            idle: Mutex::new(Vec::new()),
        }
    }

    #[cfg(loom)]
    pub(crate) fn new() -> Tracks {
        Tracks {
            all: Mutex::new(Vec::new()),
            idle: Mutex::new(Vec::new()),
        }
    }

    /// A track for a thread that has none: of a thread that has ended, or a new one if there are fewer than `most`.
    pub(crate) fn begin(&self, slots: usize, most: usize) -> Option<&'static Track> {
        let idle = lock(&self.idle).pop();
        idle.or_else(|| {
            let mut all = lock(&self.all);
            if all.len() >= most {
                return None;
            }
            let track: &'static Track = Box::leak(Box::new(Track::new(slots)));
            all.push(track);
            Some(track)
        })
    }

    /// Gives back the track of a thread that ends, with what is still in it, and its free frames.
    pub(crate) fn end(&self, track: &'static Track, free: Option<&'static Frame>) {
        let mut idle = lock(&self.idle);
        set_frame(&track.free, free);
        idle.push(track);
    }

    /// All there are.
    pub(crate) fn all(&self) -> All {
        lock(&self.all).as_slice().into()
    }
}
