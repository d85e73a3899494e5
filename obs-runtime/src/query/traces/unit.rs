//! Durations, sizes and moments as people write them, and back.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Units of time with their nanoseconds, the longest first.
const TIMES: [(&str, u64); 7] = [
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

/// Units of what attributes count, with what they multiply by.
const SIZES: [(&str, f64); 7] = [
    ("B", 1.0),
    ("kB", 1e3),
    ("MB", 1e6),
    ("GB", 1e9),
    ("KiB", 1024.0),
    ("MiB", 1_048_576.0),
    ("GiB", 1_073_741_824.0),
];

/// Nanoseconds of a text like `5ms`, `1.5s` or `1h30m`; `None` for any other, and for what does not fit.
pub(super) fn duration_ns(text: &str) -> Option<u64> {
    if text == "0" {
        return Some(0);
    }
    let mut rest = text;
    let mut total = 0_u64;
    while !rest.is_empty() {
        let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (digits, after) = rest.split_at(number);
        let unit = after
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(unit);
        total = total.checked_add(scaled(digits, time_of(unit)?)?)?;
        rest = after;
    }
    (!text.is_empty()).then_some(total)
}

fn time_of(unit: &str) -> Option<u64> {
    let unit = if unit == "µs" || unit == "μs" {
        "us"
    } else {
        unit
    };
    let found = TIMES.iter().find(|(name, _)| *name == unit);
    found.map(|(_, ns)| *ns)
}

/// A decimal number times a unit, without detours through floating point.
fn scaled(digits: &str, unit_ns: u64) -> Option<u64> {
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let whole: u64 = whole.parse().ok()?;
    if part.is_empty() || !part.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    // Further digits are below a nanosecond.
    let part = &part[..part.len().min(18)];
    let tenths = 10_u128.pow(u32::try_from(part.len()).ok()?);
    let part_ns = part.parse::<u128>().ok()? * u128::from(unit_ns) / tenths;
    whole
        .checked_mul(unit_ns)?
        .checked_add(u64::try_from(part_ns).ok()?)
}

/// Nanoseconds as [`duration_ns`] reads them, in the longest unit of which they are a whole number.
pub(super) struct Nanoseconds(pub(super) u64);

impl fmt::Display for Nanoseconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = TIMES
            .iter()
            .find(|(_, ns)| self.0 > 0 && self.0.is_multiple_of(*ns));
        match whole {
            Some((unit, ns)) => write!(f, "{}{unit}", self.0 / ns),
            None => f.write_str("0ns"),
        }
    }
}

/// The number of a text like `10`, `-0.5` or `10MiB`; `None` for any other.
pub(super) fn number(text: &str) -> Option<f64> {
    let unit = text
        .find(|c: char| c.is_ascii_alphabetic() && !matches!(c, 'e' | 'E'))
        .unwrap_or(text.len());
    let (digits, unit) = text.split_at(unit);
    let factor = match unit {
        "" => 1.0,
        unit => SIZES.iter().find(|(name, _)| *name == unit)?.1,
    };
    let number = digits.parse::<f64>().ok()? * factor;
    number.is_finite().then_some(number)
}

/// A moment as a query names it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Moment {
    /// So many nanoseconds before now.
    Ago(u64),
    /// So many nanoseconds after the beginning of 1970.
    At(u64),
}

impl Moment {
    /// Of a text like `10m`, `2026-11-24` or `2026-11-24T06:19:00+01:00`; `None` for any other.
    pub(super) fn of(text: &str) -> Option<Moment> {
        match duration_ns(text) {
            Some(ago) => Some(Moment::Ago(ago)),
            None => at(text).map(Moment::At),
        }
    }

    /// Nanoseconds since 1970.
    pub(crate) fn resolve(self, now_ns: u64) -> u64 {
        match self {
            Moment::Ago(ns) => now_ns.saturating_sub(ns),
            Moment::At(ns) => ns,
        }
    }
}

fn at(text: &str) -> Option<u64> {
    if !text.is_ascii() {
        return None;
    }
    let (text, offset) = match text.len() {
        10 => (format!("{text}T00:00:00Z"), 0),
        length if length > 16 && !text.ends_with(['Z', 'z']) => {
            let (time, zone) = text.split_at(length - 6);
            (format!("{time}Z"), offset_minutes(zone)?)
        }
        _ => (text.to_owned(), 0),
    };
    let time = humantime::parse_rfc3339(&text.to_ascii_uppercase()).ok()?;
    let since = time.duration_since(UNIX_EPOCH).ok()?;
    let ns = i128::try_from(since.as_nanos()).ok()? - offset * 60_000_000_000;
    u64::try_from(ns).ok()
}

/// Of `+01:30` it is 90.
fn offset_minutes(zone: &str) -> Option<i128> {
    let sign = match zone.get(..1)? {
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let (hours, minutes) = zone[1..].split_once(':')?;
    let two = |text: &str| match text.bytes().all(|digit| digit.is_ascii_digit()) {
        true => text.parse::<i128>().ok(),
        false => None,
    };
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Moment::Ago(ns) => Nanoseconds(*ns).fmt(f),
            Moment::At(ns) => {
                let time: SystemTime = UNIX_EPOCH + Duration::from_nanos(*ns);
                humantime::format_rfc3339(time).fmt(f)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_written() {
        for (text, ns, shown) in [
            ("5ms", 5_000_000, "5ms"),
            ("1.5s", 1_500_000_000, "1500ms"),
            ("1h30m", 5_400_000_000_000, "90m"),
            ("2µs", 2_000, "2us"),
            ("0", 0, "0ns"),
            ("7d", 604_800_000_000_000, "7d"),
            ("0.0000000001s", 0, "0ns"),
        ] {
            assert_eq!(duration_ns(text), Some(ns), "{text}");
            assert_eq!(Nanoseconds(ns).to_string(), shown);
        }
        for text in [
            "",
            "5",
            "ms",
            "5 ms",
            "5y",
            "1.s",
            ".5s",
            "-5ms",
            "1.2.3s",
            "99999999999d",
        ] {
            assert_eq!(duration_ns(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_take_units_of_size() {
        for (text, value) in [
            ("10", 10.0),
            ("-0.5", -0.5),
            ("1e3", 1e3),
            ("2KiB", 2048.0),
            ("1MB", 1e6),
        ] {
            assert_eq!(number(text), Some(value), "{text}");
        }
        for text in ["", "x", "10ms", "inf", "NaN", "1e999"] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn moments_are_relative_or_of_the_calendar() {
        let day = 86_400_000_000_000;
        assert_eq!(Moment::of("10m"), Some(Moment::Ago(600_000_000_000)));
        assert_eq!(Moment::of("1970-01-02"), Some(Moment::At(day)));
        for text in [
            "1970-01-02T00:00:00Z",
            "1970-01-02t01:30:00+01:30",
            "1970-01-01T23:00:00-01:00",
        ] {
            assert_eq!(Moment::of(text), Some(Moment::At(day)), "{text}");
        }
        assert_eq!(Moment::At(day).to_string(), "1970-01-02T00:00:00Z");
        assert_eq!(Moment::Ago(5).resolve(3), 0);
        for text in [
            "",
            "yesterday",
            "1970-13-01",
            "1970-01-01T00:00:00+99:00",
            "1969-12-31",
            "tomorrow-morning+01:00",
        ] {
            assert_eq!(Moment::of(text), None, "{text}");
        }
    }
}
