//! Trace and span ids, and their text.

use std::fmt;
use std::num::{NonZeroU64, NonZeroU128};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The id of a trace: 16 bytes, not all zero; as text 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TraceId(NonZeroU128);

/// The id of a span, unique in its trace: 8 bytes, not all zero; as text 16 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SpanId(NonZeroU64);

/// A text that is no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotAnId {
    digits: usize,
}

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.digits;
        write!(f, "not an id: write {digits} hexadecimal digits, not all 0")
    }
}

impl std::error::Error for NotAnId {}

macro_rules! id {
    ($id:ident, $of:ty, $non_zero:ty, $digits:literal) => {
        impl $id {
            /// The id of this number; `None` for 0.
            pub const fn new(number: $of) -> Option<$id> {
                match <$non_zero>::new(number) {
                    Some(number) => Some($id(number)),
                    None => None,
                }
            }

            /// The number.
            pub const fn get(self) -> $of {
                self.0.get()
            }
        }

        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!("{:0", $digits, "x}"), self.0)
            }
        }

        impl fmt::Debug for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $id {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<$id, NotAnId> {
                let fault = NotAnId { digits: $digits };
                if text.len() != $digits || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                    return Err(fault);
                }
                let number = <$of>::from_str_radix(text, 16).map_err(|_| fault)?;
                $id::new(number).ok_or(fault)
            }
        }
    };
}

id!(TraceId, u128, NonZeroU128, 32);
id!(SpanId, u64, NonZeroU64, 16);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_written_and_read_alike() {
        let trace = TraceId::new(0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736).expect("it is not 0");
        assert_eq!(trace.to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(trace.to_string().parse(), Ok(trace));
        let span = SpanId::new(7).expect("it is not 0");
        assert_eq!(span.to_string(), "0000000000000007");
        assert_eq!(span.to_string().parse(), Ok(span));
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for text in [
            "",
            "7",
            "+000000000000007",
            "0000000000000000",
            "000000000000000g",
        ] {
            assert!(text.parse::<SpanId>().is_err(), "{text}");
        }
        assert_eq!(SpanId::new(0), None);
        assert!(
            "00000000000000000000000000000000"
                .parse::<TraceId>()
                .is_err()
        );
    }
}
