//! What a path consists of.

/// A piece of a path: the own time of one span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// When it begins.
    pub from_ns: u64,
    /// When it ends; later than that.
    pub to_ns: u64,
    /// The span, by its place among the nodes; from their number on one that is missing
    /// ([`Path::missing`](super::Path::missing)).
    pub node: u32,
    /// What the time went to.
    pub class: Class,
}

/// A span of a path, with all its time on it: its own and that of the spans of the path below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// When it begins to be on the path.
    pub from_ns: u64,
    /// Until when it is.
    pub to_ns: u64,
    /// The span, as in a segment.
    pub node: u32,
    /// The span above it; its own number for the root of the path.
    pub above: u32,
}

/// What the own time of a span on a path went to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// It ran.
    Run,
    /// It was not being polled: an estimate.
    Wait,
    /// It waited in a queue.
    Queue,
    /// It ran or waited while a child ran that was not on the path.
    Overlap,
    /// A span that is missing was there.
    Gap,
    /// It has not ended.
    Open,
}

impl Segment {
    /// How long it is.
    pub fn duration_ns(&self) -> u64 {
        self.to_ns - self.from_ns
    }
}

impl Step {
    /// How long it is.
    pub fn duration_ns(&self) -> u64 {
        self.to_ns - self.from_ns
    }
}

impl Class {
    /// All of them; each at the place of its number.
    pub const ALL: [Class; 6] = [
        Class::Run,
        Class::Wait,
        Class::Queue,
        Class::Overlap,
        Class::Gap,
        Class::Open,
    ];

    /// Its name in answers and files.
    pub fn name(self) -> &'static str {
        match self {
            Class::Run => "run",
            Class::Wait => "wait",
            Class::Queue => "queue",
            Class::Overlap => "overlap",
            Class::Gap => "gap",
            Class::Open => "open",
        }
    }
}
