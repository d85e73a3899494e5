//! How spans, events and attributes are written into slots.
//!
//! The first word of a group: its kind (8 bits), its length in slots (8), flags (16), the number of its site (32). The next
//! two are the trace id, the fourth is the number of the span, but for what tells of threads and gaps. What follows:
//!
//! | kind | words of the first slot from the fifth on |
//! |---|---|
//! | end | parent, start, end, component; with [`ASYNC`] in the second slot, where there is one: time inside polls, polls, longest poll; else one poll was all of it |
//! | start | parent, start, share of traces recorded, component |
//! | event | time, attributes |
//! | attributes | attributes |
//! | exemplar | cell (and whether the value is a number), value, time, the whole word of the component |
//! | link | the two halves of the other trace, its span |
//! | thread | (in the second word) number of the thread; (from the third on) its name |
//! | gap | (from the second on) first and last time, groups, traces, their ids |
//!
//! Attributes are bytes, packed into words with the first byte lowest: a tag (type, whether the key is a number or a text,
//! whether it was cut), the key, the value.

use super::context::Context;
use super::value::{LONGEST_TEXT, Value, cut};
use crate::record::ring::{MOST_SLOTS, Words};

/// Kinds of groups.
pub(crate) const END: u64 = 0;
pub(crate) const START: u64 = 1;
pub(crate) const EVENT: u64 = 2;
pub(crate) const ATTRIBUTES: u64 = 3;
pub(crate) const LINK: u64 = 4;
pub(crate) const THREAD: u64 = 5;
pub(crate) const STATE: u64 = 6;
pub(crate) const EXEMPLAR: u64 = 8;

/// Flags of groups. Kind, status and edge are numbers of three, three and two bits.
pub(crate) const KIND_SHIFT: u32 = 0;
pub(crate) const STATUS_SHIFT: u32 = 3;
pub(crate) const EDGE_SHIFT: u32 = 6;
/// The trace begins with the span, in this process at least.
pub(crate) const ROOT: u32 = 1 << 8;
/// The parent is of another process: its number is its id.
pub(crate) const REMOTE: u32 = 1 << 9;
/// The span is polled.
pub(crate) const ASYNC: u32 = 1 << 10;
/// The trace is to be kept.
pub(crate) const FORCED: u32 = 1 << 11;
/// Times are of the monotonic clock.
pub(crate) const MONOTONIC: u32 = 1 << 12;

/// Longer keys are cut.
pub(crate) const LONGEST_KEY: usize = 64;

/// The thread was unwinding when the span began: it is of a destructor, and returns to that.
pub(crate) const UNWINDING: u32 = 1 << 15;
/// A record said that it started.
pub(crate) const STARTED: u32 = 1 << 13;
/// Of an event: it goes on with the attributes of the event of that time before it.
pub(crate) const CONTINUED: u32 = 1 << 14;
/// Of the end of a root: nothing of its trace was ever handed out of its thread, so that all records of it are in one ring, before this.
pub(crate) const CONFINED: u32 = 1 << 14;

/// Types of attributes, in the tag.
pub(crate) const TEXT: u8 = 0;
pub(crate) const FALSE: u8 = 1;
pub(crate) const TRUE: u8 = 2;
pub(crate) const INT: u8 = 3;
pub(crate) const UNSIGNED: u8 = 4;
pub(crate) const FLOAT: u8 = 5;
/// The key is a text, not a number of one of the site's keys.
pub(crate) const KEY_IS_TEXT: u8 = 1 << 3;
/// The value was cut.
pub(crate) const VALUE_IS_CUT: u8 = 1 << 4;
/// There is an attribute: behind the last one there are zeros.
pub(crate) const WRITTEN: u8 = 1 << 5;

const BYTES_OF_WORD: usize = 8;
const WORDS_OF_SLOT: usize = 8;

/// The first word of a group of one slot.
#[inline(always)]
pub(crate) const fn first(kind: u64, flags: u32, site: u32) -> u64 {
    kind | 1 << 8 | (flags as u64) << 16 | (site as u64) << 32
}

/// The key of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key<'a> {
    /// One of the keys of the site.
    Number(u8),
    /// Any other.
    Text(&'a str),
}

/// A group that is being written.
pub(crate) struct Group {
    words: [Words; MOST_SLOTS],
    /// Where the next byte goes.
    at: usize,
}

impl Group {
    /// A group with these words, and room for attributes behind them.
    pub(crate) fn new(words: &[u64]) -> Group {
        let mut group = Group {
            words: [[0; 8]; MOST_SLOTS],
            at: words.len() * BYTES_OF_WORD,
        };
        group.words[0][..words.len()].copy_from_slice(words);
        group
    }

    /// A group for the attributes that had no room in one with these words.
    pub(crate) fn continued(words: &[u64]) -> Group {
        let mut group = Group::new(words);
        group.words[0][0] |= u64::from(CONTINUED) << 16;
        group
    }

    /// What tells of a thread.
    pub(crate) fn of_thread(number: u32, name: &str) -> Group {
        let mut group = Group::new(&[first(THREAD, 0, 0), u64::from(number)]);
        group.text(cut(name, LONGEST_TEXT));
        group
    }

    /// A part of the `tracestate` that a trace came with.
    pub(crate) fn of_state(context: &Context, part: &str) -> Group {
        let [high, low] = context.trace;
        let mut group = Group::new(&[first(STATE, 0, 0), high, low, context.span, 0]);
        group.text(cut(part, LONGEST_TEXT));
        group
    }

    /// The slots that are in use.
    pub(crate) fn slots(&mut self) -> &[Words] {
        let len = self.at.div_ceil(WORDS_OF_SLOT * BYTES_OF_WORD).max(1);
        self.words[0][0] = self.words[0][0] & !0xff00 | (len as u64) << 8;
        &self.words[..len]
    }

    /// Writes an attribute, unless the group is full.
    pub(crate) fn attribute(&mut self, key: Key<'_>, value: &Value<'_>) -> bool {
        let (tag, text) = match *value {
            Value::Text(text) => (TEXT, cut(text, LONGEST_TEXT)),
            Value::Bool(false) => (FALSE, ""),
            Value::Bool(true) => (TRUE, ""),
            Value::Int(_) => (INT, ""),
            Value::Unsigned(_) => (UNSIGNED, ""),
            Value::Float(_) => (FLOAT, ""),
        };
        let is_cut = match *value {
            Value::Text(whole) => whole.len() > text.len(),
            _ => false,
        };
        let key = match key {
            Key::Number(number) => Key::Number(number),
            Key::Text(key) => Key::Text(cut(key, LONGEST_KEY)),
        };
        let bytes_of_key = match key {
            Key::Number(_) => 1,
            Key::Text(key) => 1 + key.len(),
        };
        if self.at + 1 + bytes_of_key + 1 + text.len().max(BYTES_OF_WORD) > self.room() {
            return false;
        }
        let with_text = if matches!(key, Key::Text(_)) {
            KEY_IS_TEXT
        } else {
            0
        };
        self.byte(WRITTEN | tag | with_text | if is_cut { VALUE_IS_CUT } else { 0 });
        match key {
            Key::Number(number) => self.byte(number),
            Key::Text(key) => self.text(key),
        }
        match *value {
            Value::Text(_) => self.text(text),
            Value::Bool(_) => {}
            Value::Int(number) => self.bytes(&number.to_le_bytes()),
            Value::Unsigned(number) => self.bytes(&number.to_le_bytes()),
            Value::Float(number) => self.bytes(&number.to_bits().to_le_bytes()),
        }
        true
    }

    fn room(&self) -> usize {
        MOST_SLOTS * WORDS_OF_SLOT * BYTES_OF_WORD
    }

    /// A text of 255 bytes at most, behind its length.
    fn text(&mut self, text: &str) {
        self.byte(text.len() as u8);
        self.bytes(text.as_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.byte(*byte);
        }
    }

    #[inline]
    fn byte(&mut self, byte: u8) {
        let word = self.at / BYTES_OF_WORD;
        let shift = self.at % BYTES_OF_WORD * 8;
        self.words[word / WORDS_OF_SLOT][word % WORDS_OF_SLOT] |= u64::from(byte) << shift;
        self.at += 1;
    }
}
