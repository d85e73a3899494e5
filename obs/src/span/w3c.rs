//! W3C Trace Context: `traceparent` and `tracestate`, in and out.
//!
//! As in <https://www.w3.org/TR/trace-context-2/>: what is not exactly right is refused, and then a trace begins here.

use std::collections::HashMap;
use std::fmt;
use std::sync::{LazyLock, Mutex};

use super::context::{self, Context};
use super::group::Group;
use super::local::local;
use super::value::{LONGEST_TEXT, cut};
use crate::record::hot;
use crate::record::sync::lock;

/// Longer ones are not carried: the specification asks for no more.
pub const LONGEST_TRACESTATE: usize = 512;

/// How many traces with a `tracestate` may be live; of more, the oldest lose theirs.
const MOST_STATES: usize = 4_096;

/// Flags of a `traceparent`.
const SAMPLED: u8 = 1;
const RANDOM: u8 = 2;

/// Why a `traceparent` was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotATraceparent {
    /// It is not as long as its version says, or its parts are not.
    Length,
    /// Something in it is no lower-case hexadecimal digit, or no dash where one must be.
    Character,
    /// The version is `ff`, which is none.
    Version,
    /// The id of the trace or of the span is zero.
    Zero,
}

impl fmt::Display for NotATraceparent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NotATraceparent::Length => {
                "a traceparent is `00-` and 32 digits, `-` and 16 digits, `-` and 2 digits: 55 characters"
            }
            NotATraceparent::Character => {
                "a traceparent has lower-case hexadecimal digits and dashes alone"
            }
            NotATraceparent::Version => "ff is no version of traceparent",
            NotATraceparent::Zero => "the ids of a traceparent are not zero",
        })
    }
}

impl std::error::Error for NotATraceparent {}

/// A `traceparent`: 55 characters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Traceparent([u8; LENGTH]);

const LENGTH: usize = 55;

impl Traceparent {
    /// Its text.
    pub fn as_str(&self) -> &str {
        // Digits and dashes alone were written.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl AsRef<str> for Traceparent {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Traceparent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Traceparent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Context {
    /// The context that a caller sent: a span with it as its `parent` goes on with the caller's trace, sampled or not as the
    /// caller says.
    ///
    /// ```
    /// use obs::{Context, span};
    ///
    /// # fn answer(headers: std::collections::HashMap<&str, &str>) {
    /// let caller = headers
    ///     .get("traceparent")
    ///     .and_then(|header| Context::from_traceparent(header).ok());
    /// let _request = span!("GET /orders", kind = server, parent = caller); // a new trace, if there was none
    /// # }
    /// # answer([("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")].into());
    /// ```
    ///
    /// # Errors
    ///
    /// [`NotATraceparent`] where it is not exactly one. Versions above 00 are read as far as 00 goes.
    pub fn from_traceparent(header: &str) -> Result<Context, NotATraceparent> {
        let bytes = header.as_bytes();
        let version = digits(bytes.get(..2).ok_or(NotATraceparent::Length)?)?;
        match version {
            0xff => return Err(NotATraceparent::Version),
            0 if bytes.len() != LENGTH => return Err(NotATraceparent::Length),
            _ if bytes.len() < LENGTH => return Err(NotATraceparent::Length),
            // What a later version adds begins with a dash.
            _ if bytes.get(LENGTH).is_some_and(|byte| *byte != b'-') => {
                return Err(NotATraceparent::Length);
            }
            _ => {}
        }
        if [2, 35, 52].iter().any(|dash| bytes[*dash] != b'-') {
            return Err(NotATraceparent::Character);
        }
        let trace = [digits(&bytes[3..19])?, digits(&bytes[19..35])?];
        let (span, flags) = (digits(&bytes[36..52])?, digits(&bytes[53..55])? as u8);
        if trace == [0; 2] || span == 0 {
            return Err(NotATraceparent::Zero);
        }
        let recorded = match flags & SAMPLED {
            0 => context::UNRECORDED,
            _ => context::RECORDED,
        };
        let random = match flags & RANDOM {
            0 => 0,
            _ => context::RANDOM,
        };
        Ok(Context {
            trace,
            span,
            marks: u64::from(recorded | random | context::REMOTE),
        })
    }

    /// The same with what the caller sent as `tracestate`, which is passed on as it is to those that are called in the trace.
    ///
    /// It is carried while a span that has this context as its parent lasts. One of more than 512 bytes, or with other
    /// characters than the specification allows, is left out.
    pub fn with_tracestate(mut self, header: &str) -> Context {
        let is_text = |byte: u8| (b' '..=b'~').contains(&byte) || byte == b'\t';
        let carried = !header.trim().is_empty()
            && header.len() <= LONGEST_TRACESTATE
            && header.bytes().all(is_text)
            && self.is_some();
        if carried {
            remember(self.trace, header);
            self.marks |= u64::from(context::STATE);
        }
        self
    }

    /// What to send along to a callee, whether this trace is sampled or not; `None` in no trace.
    pub fn traceparent(&self) -> Option<Traceparent> {
        if !self.is_some() {
            return None;
        }
        let sampled = if self.is_recorded() { SAMPLED } else { 0 };
        let random = match self.flags() & context::RANDOM {
            0 => 0,
            _ => RANDOM,
        };
        let mut text = Traceparent([b'-'; LENGTH]);
        write_digits(&mut text.0[..2], 0);
        write_digits(&mut text.0[3..19], self.trace[0]);
        write_digits(&mut text.0[19..35], self.trace[1]);
        write_digits(&mut text.0[36..52], self.outside_id());
        write_digits(&mut text.0[53..55], u64::from(sampled | random));
        Some(text)
    }

    /// The `tracestate` to send along, if the trace came with one.
    pub fn tracestate(&self) -> Option<String> {
        if self.flags() & context::STATE == 0 {
            return None;
        }
        hot::quietly(|| {
            lock(&STATES)
                .by_trace
                .get(&self.trace)
                .map(|carried| carried.state.to_string())
        })
    }
}

/// The value of lower-case hexadecimal digits.
fn digits(text: &[u8]) -> Result<u64, NotATraceparent> {
    text.iter().try_fold(0, |number, digit| {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return Err(NotATraceparent::Character),
        };
        Ok(number << 4 | u64::from(value))
    })
}

fn write_digits(text: &mut [u8], mut number: u64) {
    for digit in text.iter_mut().rev() {
        *digit = b"0123456789abcdef"[(number & 15) as usize];
        number >>= 4;
    }
}

/// What callers sent as `tracestate`, by trace.
#[derive(Default)]
struct States {
    /// Callers choose the ids: how they are hashed, they cannot know.
    by_trace: HashMap<[u64; 2], Carried, foldhash::fast::RandomState>,
    next: u64,
}

/// What a caller sent.
struct Carried {
    state: Box<str>,
    /// When it came: higher numbers are later.
    number: u64,
    /// How many spans carry it.
    spans: u32,
}

impl States {
    /// Forgets what no span has come to carry, the older half of it at once; where all are carried, the oldest.
    fn make_room(&mut self) {
        let recent = self.next.saturating_sub(MOST_STATES as u64 / 2);
        self.by_trace
            .retain(|_, carried| carried.spans > 0 || carried.number > recent);
        if self.by_trace.len() < MOST_STATES {
            return;
        }
        let carried = self.by_trace.iter();
        let oldest = carried.min_by_key(|(_, carried)| carried.number);
        if let Some(oldest) = oldest.map(|(trace, _)| *trace) {
            self.by_trace.remove(&oldest);
        }
    }
}

static STATES: LazyLock<Mutex<States>> = LazyLock::new(Mutex::default);

fn remember(trace: [u64; 2], state: &str) {
    hot::quietly(|| {
        let mut states = lock(&STATES);
        states.next += 1;
        let number = states.next;
        if let Some(carried) = states.by_trace.get_mut(&trace) {
            carried.state = state.into();
            carried.number = number;
            return;
        }
        if states.by_trace.len() >= MOST_STATES {
            states.make_room();
        }
        let carried = Carried {
            state: state.into(),
            number,
            spans: 0,
        };
        states.by_trace.insert(trace, carried);
    });
}

/// A span carries the `tracestate` of its trace until it ends.
#[cold]
pub(super) fn hold(context: &Context) {
    hot::quietly(|| {
        if let Some(carried) = lock(&STATES).by_trace.get_mut(&context.trace) {
            carried.spans += 1;
        }
    });
}

/// A span that carried it has ended: without another one nobody is called any more.
#[cold]
#[inline(never)]
pub(super) fn forget(high: u64, low: u64) {
    let trace = [high, low];
    let gone = hot::quietly(|| {
        let mut states = lock(&STATES);
        if let Some(carried) = states.by_trace.get_mut(&trace)
            && carried.spans > 1
        {
            carried.spans -= 1;
            return None;
        }
        states.by_trace.remove(&trace)
    });
    drop(gone);
}

/// Records the `tracestate` of a trace with the span that it came to.
#[cold]
pub(super) fn record_state(context: &Context) {
    let Some(state) = context.tracestate() else {
        return;
    };
    let mut rest = state.as_str();
    while !rest.is_empty() {
        let part = cut(rest, LONGEST_TEXT);
        let mut group = Group::of_state(context, part);
        local(|local| local.record(group.slots(), true, 0));
        rest = &rest[part.len()..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALID: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn what_is_read_is_written_alike() {
        for flags in ["00", "01", "02", "03"] {
            let header = format!("{}{flags}", &VALID[..53]);
            let context = Context::from_traceparent(&header).expect("it is one");
            assert_eq!(
                context.traceparent().map(|text| text.to_string()),
                Some(header)
            );
        }
        let context = Context::from_traceparent(VALID).unwrap();
        assert_eq!(
            context.trace_id(),
            0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736
        );
        assert_eq!(context.span_id(), 0x00f0_67aa_0ba9_02b7);
        assert!(context.is_recorded());
        assert_eq!(Context::NONE.traceparent(), None);
    }

    #[test]
    fn what_is_not_exactly_one_is_refused() {
        use NotATraceparent::{Character, Length, Version, Zero};
        for (header, why) in [
            ("", Length),
            ("00", Length),
            (&VALID[..54], Length),
            (&format!("{VALID}-00") as &str, Length),
            (&format!("{VALID} "), Length),
            (&VALID.to_uppercase(), Character),
            (&VALID.replace("4bf9", "+bf9"), Character),
            (&VALID.replacen('-', "_", 1), Character),
            (&VALID.replace("00-4", "ff-4"), Version),
            (&format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)), Zero),
            (&format!("{}0000000000000000-01", &VALID[..36]), Zero),
            (&VALID.replace("00-4", "0x-4"), Character),
            (
                "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01x",
                Length,
            ),
            (
                "é0-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
                Character,
            ),
        ] {
            assert_eq!(Context::from_traceparent(header), Err(why), "{header}");
        }
    }

    #[test]
    fn later_versions_are_read_as_far_as_the_first_goes() {
        for header in [
            VALID.replace("00-4", "01-4"),
            format!("{}-what-comes", VALID.replace("00-4", "cc-4")),
        ] {
            let context = Context::from_traceparent(&header).expect("it goes that far");
            assert_eq!(
                context
                    .traceparent()
                    .map(|text| text.to_string())
                    .as_deref(),
                Some(VALID)
            );
        }
    }

    #[test]
    fn what_nobody_carries_makes_room_for_what_comes() {
        let mut states = States::default();
        for number in 1..=MOST_STATES as u64 {
            states.next = number;
            let carried = Carried {
                state: "a=b".into(),
                number,
                spans: u32::from(number % 4 == 0),
            };
            states.by_trace.insert([number, 1], carried);
        }
        states.make_room();
        let kept = |number: u64| states.by_trace.contains_key(&[number, 1]);
        assert!((1..=MOST_STATES as u64 / 2).all(|number| kept(number) == (number % 4 == 0)));
        assert!((MOST_STATES as u64 / 2 + 1..=MOST_STATES as u64).all(kept));
        states
            .by_trace
            .values_mut()
            .for_each(|carried| carried.spans = 1);
        for number in 1.. {
            if states.by_trace.len() == MOST_STATES {
                break;
            }
            let carried = Carried {
                state: "a=b".into(),
                number: MOST_STATES as u64 + number,
                spans: 1,
            };
            states.by_trace.insert([number, 2], carried);
        }
        states.make_room();
        assert_eq!(states.by_trace.len(), MOST_STATES - 1);
        assert!(!states.by_trace.contains_key(&[4, 1]), "it was the oldest");
    }

    #[test]
    fn a_tracestate_is_carried_if_it_is_one() {
        let context = Context::from_traceparent(VALID).unwrap();
        let carried = context.with_tracestate("congo=t61rcWkgMzE,rojo=00f067aa0ba902b7");
        assert_eq!(
            carried.tracestate().as_deref(),
            Some("congo=t61rcWkgMzE,rojo=00f067aa0ba902b7")
        );
        let [high, low] = carried.trace;
        forget(high, low);
        assert_eq!(carried.tracestate(), None);
        let long = format!("a={}", "x".repeat(LONGEST_TRACESTATE));
        for header in ["", "  ", "a=\u{1}", "a=é", &long] {
            assert_eq!(
                context.with_tracestate(header).tracestate(),
                None,
                "{header:?}"
            );
        }
    }

    #[test]
    fn any_text_is_one_or_is_not() {
        use proptest::prelude::*;
        proptest!(|(text in "\\PC{0,60}")| {
            let _ = Context::from_traceparent(&text);
        });
        proptest!(|(mut bytes in proptest::collection::vec(any::<u8>(), 55..58), at in 0_usize..55)| {
            let mut header = VALID.as_bytes().to_vec();
            header[at] = bytes.pop().unwrap_or_default();
            if let Ok(text) = std::str::from_utf8(&header)
                && let Ok(context) = Context::from_traceparent(text)
            {
                let written = context.traceparent().map(|text| text.to_string()).unwrap_or_default();
                prop_assert_eq!(&written[2..53], &text[2..53]);
            }
        });
    }
}
