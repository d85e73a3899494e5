//! A place in the program where `tracing` makes spans or events, as obs knows it.

use std::collections::HashMap;
use std::ptr;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering::Relaxed};
use std::sync::{PoisonError, RwLock};

use obs::collector::spans::{Description, Kind, Site};
use obs::recorded::bridged;
use tracing::Metadata;
use tracing::field::Field;

use super::fields::Role;

/// What is known of a place. Never freed.
pub(super) struct Callsite {
    /// `None` of the one that all share for which there is no room.
    metadata: Option<&'static Metadata<'static>>,
    site: &'static Site,
    /// What its fields mean, by their number.
    roles: Box<[Role]>,
    is_own: bool,
    /// Whether a field may say what is needed before the span starts.
    has_head: bool,
    /// Written by whoever learns it, read by every span. Relaxed: it is a number on its own.
    habit: AtomicU8,
    /// Sites under other names, which a field gives.
    names: RwLock<HashMap<Box<str>, &'static Site>>,
}

/// Whether spans of a place are left and entered again: such ones say that they start, so that others see them while no thread
/// is in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Habit {
    /// None of them has ended yet.
    Unknown,
    /// They end when they are first left.
    Once,
    /// They are entered again.
    Again,
}

/// Names that fields may give, over all places. What is beyond keeps the name of its place, and the field is an attribute.
const MOST_NAMES: usize = 10_000;

/// How many there are. Written under the lock of a place's names; Relaxed: one too many does no harm.
static NAMES: AtomicUsize = AtomicUsize::new(0);

/// Attributes of events behind those that their fields are.
const LEVEL: &str = "level";
const TARGET: &str = "target";

impl Callsite {
    pub(super) fn new(metadata: &'static Metadata<'static>) -> Callsite {
        let is_event = metadata.is_event();
        let is_log = is_log(metadata);
        let fields = metadata.fields();
        let mut keys: Vec<&'static str> = fields.iter().map(|field| field.name()).collect();
        let role = |field: Field| match is_event {
            true => Role::in_event(field.name(), is_log),
            false => Role::in_span(field.name()),
        };
        let roles: Box<[Role]> = fields.iter().map(role).collect();
        if is_event {
            keys.extend([LEVEL, TARGET]);
        }
        let site = bridged::site(Description {
            name: name(metadata, is_log),
            keys: keys.leak(),
            kind: Kind::Internal,
            is_event,
            file: metadata.file().unwrap_or_default(),
            line: metadata.line().unwrap_or_default(),
            module: metadata.module_path().unwrap_or_default(),
        });
        Callsite {
            metadata: Some(metadata),
            has_head: roles.iter().any(|role| role.is_of_head()),
            is_own: is_own(metadata.target()),
            ..Callsite::of(site, roles)
        }
    }

    /// The one that all share for which there is no room.
    pub(super) fn overflow(is_event: bool) -> Callsite {
        let site = bridged::site(Description {
            name: "_overflow",
            keys: &[],
            kind: Kind::Internal,
            is_event,
            file: "",
            line: 0,
            module: "",
        });
        Callsite {
            has_head: !is_event,
            ..Callsite::of(site, Box::default())
        }
    }

    fn of(site: &'static Site, roles: Box<[Role]>) -> Callsite {
        Callsite {
            metadata: None,
            site,
            roles,
            is_own: false,
            has_head: false,
            habit: AtomicU8::new(Habit::Unknown as u8),
            names: RwLock::default(),
        }
    }

    #[inline]
    pub(super) fn is_of(&self, metadata: &'static Metadata<'static>) -> bool {
        self.metadata.is_some_and(|known| ptr::eq(known, metadata))
    }

    /// Where obs records what comes from there.
    pub(super) fn site(&self) -> &'static Site {
        self.site
    }

    /// Whether it is one of obs's own.
    pub(super) fn is_own(&self) -> bool {
        self.is_own
    }

    /// Whether a field may say what is needed before the span starts.
    pub(super) fn has_head(&self) -> bool {
        self.has_head
    }

    /// Whether its fields have keys by number.
    pub(super) fn has_keys(&self) -> bool {
        self.metadata.is_some()
    }

    /// What a field means.
    #[inline]
    pub(super) fn role(&self, field: &Field) -> Role {
        let known = self.roles.get(field.index()).copied();
        known.unwrap_or_else(|| match self.site.description().is_event {
            true => Role::in_event(field.name(), false),
            false => Role::in_span(field.name()),
        })
    }

    /// The key of the attribute behind the fields that is the level of an event, and that of its target, each with its number.
    pub(super) fn event_keys(&self) -> [(usize, &'static str); 2] {
        [(self.roles.len(), LEVEL), (self.roles.len() + 1, TARGET)]
    }

    #[inline]
    pub(super) fn habit(&self) -> Habit {
        match self.habit.load(Relaxed) {
            0 => Habit::Unknown,
            1 => Habit::Once,
            _ => Habit::Again,
        }
    }

    /// What is learned once of spans that are entered again holds.
    pub(super) fn learn(&self, habit: Habit) {
        if self.habit() != habit && self.habit() != Habit::Again {
            self.habit.store(habit as u8, Relaxed);
        }
    }

    /// The site under another name; `None` where there is no room for one more.
    pub(super) fn named(&self, name: &str) -> Option<&'static Site> {
        let names = self.names.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(site) = names.get(name) {
            return Some(site);
        }
        drop(names);
        let mut names = self.names.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(site) = names.get(name) {
            return Some(site);
        }
        if NAMES.load(Relaxed) >= MOST_NAMES {
            return None;
        }
        NAMES.fetch_add(1, Relaxed);
        let site = bridged::site(Description {
            name: name.to_owned().leak(),
            ..*self.site.description()
        });
        names.insert(name.into(), site);
        Some(site)
    }
}

/// Whether it stands for what comes through `tracing-log`, which says in fields where that was.
fn is_log(metadata: &Metadata<'_>) -> bool {
    metadata.is_event() && metadata.target() == "log" && metadata.name() == "log event"
}

/// A span's own name; of an event the one that it was given, otherwise its target.
fn name(metadata: &'static Metadata<'static>, is_log: bool) -> &'static str {
    let has_no_name = is_log || metadata.name().starts_with("event ");
    if metadata.is_event() && has_no_name {
        metadata.target()
    } else {
        metadata.name()
    }
}

/// Whether a target is one of obs's own crates.
fn is_own(target: &str) -> bool {
    let of_crate = target.split("::").next().unwrap_or_default();
    matches!(of_crate, "obs" | "obs_macros" | "obs_runtime" | "obs_cli")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_targets_are_those_of_its_crates() {
        for target in ["obs", "obs::span", "obs_runtime::collect", "obs_cli"] {
            assert!(is_own(target), "{target}");
        }
        for target in ["observer", "obs_tests", "my::obs", ""] {
            assert!(!is_own(target), "{target}");
        }
    }

    #[test]
    fn a_habit_of_entering_again_is_not_unlearned() {
        let callsite = Callsite::overflow(false);
        assert_eq!(callsite.habit(), Habit::Unknown);
        callsite.learn(Habit::Once);
        assert_eq!(callsite.habit(), Habit::Once);
        callsite.learn(Habit::Again);
        callsite.learn(Habit::Once);
        assert_eq!(callsite.habit(), Habit::Again);
    }

    #[test]
    fn a_name_has_one_site() {
        let callsite = Callsite::overflow(false);
        let [first, again, other] = ["a", "a", "b"].map(|name| callsite.named(name));
        let [first, again, other] = [first, again, other].map(|site| site.expect("there is room"));
        assert!(ptr::eq(first, again));
        assert!(!ptr::eq(first, other));
        assert_eq!(other.description().name, "b");
    }
}
