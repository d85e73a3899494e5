//! A site: the static that one `span!` or `event!` leaves in the binary, and what is to be recorded there.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

use super::status::Kind;
use crate::catalogue::means;
use crate::record::sync::lock;

/// A place in the program where spans or events of one name are recorded.
#[derive(Debug)]
#[repr(C)]
pub struct Site {
    /// The site's number, from 1; with [`OFF`] nothing is recorded; 0 before it is first reached. Written under the lock of
    /// the sites, read by every record. Relaxed: it is a number on its own.
    slot: AtomicU32,
    /// How many of 2^32 traces that begin here are recorded; [`ALL`] means all. Written and read likewise.
    share: AtomicU32,
    description: Description,
}

/// What a macro says of a site.
#[derive(Debug, Clone, Copy)]
pub struct Description {
    /// The name of its spans or events.
    pub name: &'static str,
    /// The keys of the attributes that are always given, in that order.
    pub keys: &'static [&'static str],
    /// The kind of its spans.
    pub kind: Kind,
    /// Whether they are events.
    pub is_event: bool,
    /// Where it is.
    pub file: &'static str,
    /// Where in it.
    pub line: u32,
    /// In which module.
    pub module: &'static str,
}

/// In a site's slot: nothing is recorded.
const OFF: u32 = 1 << 31;

/// A share of all.
pub(crate) const ALL: u32 = u32::MAX;

/// What there is, and what was said of it.
struct Sites {
    /// By number, from 1.
    known: Vec<&'static Site>,
    switches: Vec<(String, bool)>,
    shares: Vec<(String, u32)>,
}

static SITES: Mutex<Sites> = Mutex::new(Sites {
    known: Vec::new(),
    switches: Vec::new(),
    shares: Vec::new(),
});

/// Whether somebody collects. Written under the lock of the sites.
static COLLECTED: AtomicBool = AtomicBool::new(false);

impl Site {
    /// A site that has not been reached yet.
    pub const fn new(description: Description) -> Site {
        Site {
            slot: AtomicU32::new(0),
            share: AtomicU32::new(ALL),
            description,
        }
    }

    /// What the macro said.
    pub const fn description(&self) -> &Description {
        &self.description
    }

    /// The site's number; `None` where nothing is to be recorded.
    #[inline(always)]
    pub(crate) fn number(&'static self) -> Option<u32> {
        let slot = self.slot.load(Relaxed);
        // One compare: 0 wraps around to the largest number.
        if slot.wrapping_sub(1) < OFF - 1 {
            return Some(slot);
        }
        self.number_slowly(slot)
    }

    #[inline(always)]
    fn number_slowly(&'static self, slot: u32) -> Option<u32> {
        if slot == 0 { self.register() } else { None }
    }

    /// Which share of the traces that begin here is recorded, of 2^32.
    #[inline(always)]
    pub(crate) fn share(&self) -> u32 {
        self.share.load(Relaxed)
    }

    #[cold]
    #[inline(never)]
    fn register(&'static self) -> Option<u32> {
        crate::record::hot::quietly(|| {
            let mut sites = lock(&SITES);
            if self.slot.load(Relaxed) == 0 {
                sites.known.push(self);
                let number = sites.known.len() as u32;
                sites.apply(self, number);
            }
        });
        let slot = self.slot.load(Relaxed);
        (slot & OFF == 0).then_some(slot)
    }
}

impl Sites {
    /// Writes into the site what was said of its name last.
    fn apply(&self, site: &Site, number: u32) {
        let name = site.description.name;
        let switch = self
            .switches
            .iter()
            .rev()
            .find(|(names, _)| means(names, name));
        let is_on = COLLECTED.load(Relaxed) && switch.is_none_or(|(_, on)| *on);
        let share = self
            .shares
            .iter()
            .rev()
            .find(|(names, _)| means(names, name));
        site.share
            .store(share.map_or(ALL, |(_, share)| *share), Relaxed);
        site.slot
            .store(number | if is_on { 0 } else { OFF }, Relaxed);
    }

    fn apply_to_all(&self) {
        for (site, number) in self.known.iter().zip(1..) {
            self.apply(site, number);
        }
    }
}

/// Switches spans and events on or off, by name or by its beginning and `*`.
pub(crate) fn switch(names: &str, on: bool) {
    let mut sites = lock(&SITES);
    sites.switches.retain(|(other, _)| other != names);
    sites.switches.push((names.to_owned(), on));
    sites.apply_to_all();
}

/// Records this share of the traces that begin in spans of that name, or beginning and `*`.
pub(crate) fn set_share(names: &str, share: f64) {
    let of_all = (share.clamp(0.0, 1.0) * f64::from(ALL)).round() as u32;
    let mut sites = lock(&SITES);
    sites.shares.retain(|(other, _)| other != names);
    sites.shares.push((names.to_owned(), of_all));
    sites.apply_to_all();
}

/// Says whether somebody collects: only then is anything recorded.
pub(crate) fn collect(collected: bool) {
    let sites = lock(&SITES);
    COLLECTED.store(collected, Relaxed);
    sites.apply_to_all();
}

/// The sites from that number on; the first is 1.
pub(crate) fn from(number: u32) -> Vec<&'static Site> {
    let sites = lock(&SITES);
    let first = (number as usize).saturating_sub(1).min(sites.known.len());
    sites.known[first..].to_vec()
}
