//! Reading what threads have recorded: the reverse of `group`.

use super::exemplar::NUMBER;
use super::group::{self, CONTINUED, KEY_IS_TEXT, VALUE_IS_CUT};
use super::local;
use super::status::{Edge, Kind, Status};
use super::value::Value;
use crate::component::Component;
use crate::record::registry::PROCESS;
use crate::record::ring::{MOST_SLOTS, Words};

/// A record as a thread wrote it: one group of slots.
///
/// Numbers of spans are unique in the process; [`outside`] makes ids of them.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    slots: &'a [Words],
    thread: u32,
}

/// What a record tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum What {
    /// A span has ended.
    End,
    /// A span has started.
    Start,
    /// Something has happened in a span.
    Event,
    /// Attributes of a span.
    Attributes,
    /// A span has to do with another.
    Link,
    /// The ring has a new thread.
    Thread,
    /// A part of a `tracestate`.
    State,
    /// An observation of a histogram was made in the span.
    Exemplar,
    /// Records were dropped.
    Gap,
}

/// Readings of the clock: of the counter, or of the monotonic clock in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reading {
    /// The number read.
    pub at: u64,
    /// Whether it is one of the monotonic clock.
    pub monotonic: bool,
}

/// What is known of the polls of a span.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Polled {
    /// Time inside polls, in the unit of the record's readings.
    pub busy: u64,
    /// How many there were.
    pub count: u64,
    /// The longest.
    pub longest: u64,
}

/// An attribute of a record.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Attribute<'a> {
    /// Its key; empty for what was wrong with a span that failed.
    pub key: Key<'a>,
    /// What it holds.
    pub value: Value<'a>,
    /// Whether its text was longer.
    pub cut: bool,
}

/// The key of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key<'a> {
    /// One of the keys of the record's site, from 0.
    Number(u8),
    /// Any other.
    Text(&'a str),
}

/// An observation of a histogram, and whose it was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exemplar {
    /// Whose series it was.
    pub owner: Owner,
    /// The bucket's cell, as in [`Metric::first_cell`](crate::collector::Metric).
    pub cell: u32,
    /// What was observed, in the metric's unit.
    pub value: f64,
    /// When.
    pub time: Reading,
}

/// Whose a series is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    /// The process's.
    Process,
    /// What was recorded outside any component.
    Outside,
    /// A component's.
    Component(Component),
}

/// What has been dropped of a ring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// When the first record was dropped; 0 if nobody knows.
    pub first: u64,
    /// When the last one was.
    pub last: u64,
    /// Whether these are readings of the monotonic clock.
    pub monotonic: bool,
    /// How many records were.
    pub records: u64,
    /// Of which traces; `None` if there were too many to remember.
    pub traces: Option<Vec<[u64; 2]>>,
}

impl<'a> Record<'a> {
    /// The record that a group of slots is, of a ring that this thread has.
    #[inline]
    pub(crate) fn new(slots: &'a [Words], thread: u32) -> Record<'a> {
        Record { slots, thread }
    }

    /// A record that was kept as [`words`](Record::words); `None` where they are none.
    pub fn of(words: &'a [Words], thread: u32) -> Option<Record<'a>> {
        (!words.is_empty() && words.len() <= MOST_SLOTS).then_some(Record {
            slots: words,
            thread,
        })
    }

    /// The slots, to keep them.
    #[inline]
    pub fn words(&self) -> &'a [Words] {
        self.slots
    }

    /// What it tells.
    #[inline]
    pub fn what(&self) -> What {
        match self.word(0) & 0xff {
            group::END => What::End,
            group::START => What::Start,
            group::EVENT => What::Event,
            group::ATTRIBUTES => What::Attributes,
            group::LINK => What::Link,
            group::THREAD => What::Thread,
            group::STATE => What::State,
            group::EXEMPLAR => What::Exemplar,
            _ => What::Gap,
        }
    }

    /// The number of the thread that recorded it, from 1.
    pub fn thread(&self) -> u32 {
        self.thread
    }

    /// The two halves of the trace id.
    #[inline]
    pub fn trace(&self) -> [u64; 2] {
        [self.word(1), self.word(2)]
    }

    /// The number of the span.
    #[inline]
    pub fn span(&self) -> u64 {
        self.word(3)
    }

    /// Of the end of a root: whether nothing else of its trace will come.
    #[inline]
    pub fn is_confined(&self) -> bool {
        self.flags() & group::CONFINED != 0 && self.is_root() && self.what() == What::End
    }

    /// The number of the site; 0 for none.
    #[inline]
    pub fn site(&self) -> u32 {
        (self.word(0) >> 32) as u32
    }

    /// The number of the parent; 0 for none. Of a [remote](Record::is_remote) one, its id.
    #[inline]
    pub fn parent(&self) -> u64 {
        self.word(4)
    }

    /// When the span started.
    #[inline]
    pub fn start(&self) -> Reading {
        self.reading(5)
    }

    /// When the span ended; of the same clock.
    #[inline]
    pub fn end(&self) -> Reading {
        self.reading(6)
    }

    /// When the event happened.
    #[inline]
    pub fn time(&self) -> Reading {
        self.reading(4)
    }

    /// The component that the span runs in, as [`collector::Spans`](crate::collector::Spans) knows them.
    #[inline]
    pub fn component(&self) -> u32 {
        self.word(7) as u32
    }

    /// How many of 2^32 traces like this one are recorded, of the start of a root.
    pub fn share(&self) -> u32 {
        self.word(6) as u32
    }

    /// The span's kind.
    pub fn kind(&self) -> Kind {
        Kind::numbered(self.flags() >> group::KIND_SHIFT & 7)
    }

    /// How the span went.
    #[inline]
    pub fn status(&self) -> Status {
        Status::numbered(self.flags() >> group::STATUS_SHIFT & 7)
    }

    /// How the span hangs on its parent.
    #[inline]
    pub fn edge(&self) -> Edge {
        Edge::numbered(self.flags() >> group::EDGE_SHIFT & 3)
    }

    /// Whether the trace begins with the span, in this process at least.
    #[inline]
    pub fn is_root(&self) -> bool {
        self.flags() & group::ROOT != 0
    }

    /// Whether the span's parent, or the span that something is said of, is of another process.
    #[inline]
    pub fn is_remote(&self) -> bool {
        self.flags() & group::REMOTE != 0
    }

    /// Whether the trace is to be kept.
    #[inline]
    pub fn is_forced(&self) -> bool {
        self.flags() & group::FORCED != 0
    }

    /// Whether a record said that the span started.
    #[inline]
    pub fn was_started(&self) -> bool {
        self.flags() & group::STARTED != 0
    }

    /// Whether it goes on with the attributes of the event before it.
    pub fn is_continued(&self) -> bool {
        self.flags() & CONTINUED != 0
    }

    /// What is known of the span's polls; `None` for a span that is not polled.
    #[inline]
    pub fn polled(&self) -> Option<Polled> {
        if self.flags() & group::ASYNC == 0 {
            return None;
        }
        Some(match self.slots {
            [_] => {
                let whole = self.word(6).saturating_sub(self.word(5));
                Polled {
                    busy: whole,
                    count: 1,
                    longest: whole,
                }
            }
            _ => Polled {
                busy: self.word(8),
                count: self.word(9),
                longest: self.word(10),
            },
        })
    }

    /// Whether the span was on the thread of this record from its start to its end: it was not polled, or its one poll was all of it.
    #[inline]
    pub fn is_of_one_thread(&self) -> bool {
        self.flags() & group::ASYNC == 0 || self.slots.len() == 1
    }

    /// The two halves of the id of the trace that it links to, and the id of the span there.
    pub fn linked(&self) -> ([u64; 2], u64) {
        ([self.word(4), self.word(5)], self.word(6))
    }

    /// The observation that it tells of.
    pub fn exemplar(&self) -> Exemplar {
        let (cell, value) = (self.word(4), self.word(5));
        Exemplar {
            owner: match self.word(7) {
                PROCESS => Owner::Process,
                component => Component::inside(component).map_or(Owner::Outside, Owner::Component),
            },
            cell: cell as u32,
            value: match cell & NUMBER {
                0 => value as f64 / 1e9,
                _ => f64::from_bits(value),
            },
            time: self.reading(6),
        }
    }

    /// The number of the ring's new thread, from 1.
    pub fn new_thread(&self) -> u32 {
        self.word(1) as u32
    }

    /// The text of a [`What::Thread`]: the name of the thread; of a [`What::State`]: that part of it.
    pub fn text(&self) -> String {
        let mut bytes = Bytes {
            record: *self,
            at: if self.what() == What::Thread { 16 } else { 40 },
        };
        bytes.text().unwrap_or_default()
    }

    /// What has been dropped.
    pub fn lost(&self) -> Lost {
        let traces = self.word(4) as usize;
        let ids = (0..traces).map(|trace| [self.word(5 + 2 * trace), self.word(6 + 2 * trace)]);
        Lost {
            first: self.word(1),
            last: self.word(2),
            monotonic: !crate::clock::uses_tsc(),
            records: self.word(3),
            traces: (traces <= crate::record::ring::TOUCHED).then(|| ids.collect()),
        }
    }

    /// Looks at each attribute.
    pub fn attributes(&self, mut look: impl FnMut(Attribute<'_>)) {
        let at = match self.what() {
            What::Event => 40,
            What::Attributes => 32,
            _ => return,
        };
        let mut bytes = Bytes { record: *self, at };
        while bytes.attribute(&mut look).is_some() {}
    }

    #[inline]
    fn flags(&self) -> u32 {
        (self.word(0) >> 16) as u32 & 0xffff
    }

    #[inline]
    fn reading(&self, word: usize) -> Reading {
        Reading {
            at: self.word(word),
            monotonic: self.flags() & group::MONOTONIC != 0,
        }
    }

    #[inline]
    fn word(&self, word: usize) -> u64 {
        let slot = self.slots.get(word / 8);
        slot.map_or(0, |slot| slot[word % 8])
    }
}

/// The id of a span of this process as others see it, by its number.
pub fn outside(span: u64) -> u64 {
    local::outside(span)
}

/// The bytes of a record behind its head.
struct Bytes<'a> {
    record: Record<'a>,
    at: usize,
}

impl Bytes<'_> {
    /// Looks at the next attribute; `None` behind the last one.
    fn attribute(&mut self, look: &mut impl FnMut(Attribute<'_>)) -> Option<()> {
        let tag = self.byte()?;
        // Zeros fill the last slot.
        if tag & group::WRITTEN == 0 {
            return None;
        }
        let key_text;
        let key = if tag & KEY_IS_TEXT == 0 {
            Key::Number(self.byte()?)
        } else {
            key_text = self.text()?;
            Key::Text(&key_text)
        };
        let text;
        let value = match tag & 7 {
            group::TEXT => {
                text = self.text()?;
                Value::Text(&text)
            }
            group::FALSE => Value::Bool(false),
            group::TRUE => Value::Bool(true),
            group::INT => Value::Int(self.number()? as i64),
            group::UNSIGNED => Value::Unsigned(self.number()?),
            _ => Value::Float(f64::from_bits(self.number()?)),
        };
        look(Attribute {
            key,
            value,
            cut: tag & VALUE_IS_CUT != 0,
        });
        Some(())
    }

    fn text(&mut self) -> Option<String> {
        let len = self.byte()?;
        let bytes: Option<Vec<u8>> = (0..len).map(|_| self.byte()).collect();
        Some(String::from_utf8_lossy(&bytes?).into_owned())
    }

    fn number(&mut self) -> Option<u64> {
        let mut bytes = [0; 8];
        for byte in &mut bytes {
            *byte = self.byte()?;
        }
        Some(u64::from_le_bytes(bytes))
    }

    fn byte(&mut self) -> Option<u8> {
        let (word, shift) = (self.at / 8, self.at % 8 * 8);
        if word / 8 >= self.record.slots.len() {
            return None;
        }
        self.at += 1;
        Some((self.record.word(word) >> shift) as u8)
    }
}
