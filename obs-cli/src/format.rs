//! Numbers in at most seven characters, three digits that count, the unit beside them.

use std::time::{Duration, UNIX_EPOCH};

/// What stands where there is nothing to say.
pub(crate) const NOTHING: &str = "–";

const DECIMAL: [&str; 6] = ["", "k", "M", "G", "T", "P"];
const BINARY: [&str; 6] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/// Something per second: `0`, `0.25`, `12.3`, `4.56k`.
pub(crate) fn rate(number: f64) -> String {
    if number == 0.0 {
        "0".to_owned()
    } else {
        scaled(number, 1000.0, &DECIMAL)
    }
}

/// Bytes: `512B`, `1.25MiB`.
pub(crate) fn bytes(number: f64) -> String {
    if number.abs() < 1024.0 {
        format!("{number:.0}B")
    } else {
        scaled(number, 1024.0, &BINARY)
    }
}

/// A whole number, in full up to five digits.
pub(crate) fn count(number: f64) -> String {
    if number.abs() < 99_999.5 {
        format!("{number:.0}")
    } else {
        scaled(number, 1000.0, &DECIMAL)
    }
}

/// A number of no unit: whole ones as such, others with three digits.
pub(crate) fn amount(number: f64) -> String {
    if number.fract() == 0.0 {
        count(number)
    } else {
        scaled(number, 1000.0, &DECIMAL)
    }
}

/// A share as per cent. Little is not none, and nearly all is not all.
pub(crate) fn share(number: f64) -> String {
    let percent = number * 100.0;
    if percent <= 0.0 {
        "0%".to_owned()
    } else if percent < 0.1 {
        "<0.1%".to_owned()
    } else if percent >= 100.0 {
        "100%".to_owned()
    } else if percent > 99.9 {
        ">99.9%".to_owned()
    } else {
        format!("{percent:.1}%")
    }
}

/// How long something takes: `850ns`, `12.3µs`, `4.56ms`, `7.89s`, `95.0s`, `1234s`.
pub(crate) fn seconds(number: f64) -> String {
    let units = [(1e-9, "ns"), (1e-6, "µs"), (1e-3, "ms")];
    let small = units
        .into_iter()
        .find(|(unit, _)| number.abs() / unit < 999.5);
    match small {
        _ if number == 0.0 => "0s".to_owned(),
        Some((unit, name)) => digits(number / unit) + name,
        None => digits(number) + "s",
    }
}

/// How long something takes, of nanoseconds: as [`seconds`].
pub(crate) fn nanoseconds(number: u64) -> String {
    seconds(number as f64 / 1e9)
}

/// How long something has lasted: `45s`, `12m 03s`, `4h 05m`, `3d 04h`.
pub(crate) fn age(age: Duration) -> String {
    let seconds = age.as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{minutes}m {:02}s", seconds % 60),
        3600..86_400 => format!("{hours}h {:02}m", minutes % 60),
        _ => format!("{days}d {:02}h", hours % 24),
    }
}

/// A moment as RFC 3339 has it, in milliseconds.
pub(crate) fn moment(unix_ns: u64) -> String {
    let moment = UNIX_EPOCH + Duration::from_nanos(unix_ns);
    humantime::format_rfc3339_millis(moment).to_string()
}

fn scaled(number: f64, base: f64, units: &[&str]) -> String {
    let mut number = number;
    let mut unit = 0;
    // What would round up to four digits belongs to the next unit.
    while number.abs() >= 999.5 && unit + 1 < units.len() {
        number /= base;
        unit += 1;
    }
    digits(number) + units[unit]
}

/// Three digits, or the whole number if it has more; next to nothing is said to be less than something.
fn digits(number: f64) -> String {
    match number.abs() {
        size if size < 0.01 => "<0.01".to_owned(),
        size if size < 9.995 => format!("{number:.2}"),
        size if size < 99.95 => format!("{number:.1}"),
        _ => format!("{number:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_have_three_digits() {
        let said = [
            0.0, 0.004, 0.25, 9.996, 12.34, 99.96, 999.4, 999.6, 4560.0, 1.0e6, 2.5e18,
        ]
        .map(rate);
        assert_eq!(
            said,
            [
                "0", "<0.01", "0.25", "10.0", "12.3", "100", "999", "1.00k", "4.56k", "1.00M",
                "2500P"
            ]
        );
    }

    #[test]
    fn amounts_are_whole_or_have_three_digits() {
        let said = [0.0, 3.0, 0.254, 12_345.0, 1_234.5, -7.0].map(amount);
        assert_eq!(said, ["0", "3", "0.25", "12345", "1.23k", "-7"]);
    }

    #[test]
    fn bytes_are_binary() {
        let said = [
            0.0,
            512.0,
            1023.0,
            1024.0,
            1_310_720.0,
            4.0 * 1024.0 * 1024.0,
            1.5e10,
        ]
        .map(bytes);
        assert_eq!(
            said,
            [
                "0B", "512B", "1023B", "1.00KiB", "1.25MiB", "4.00MiB", "14.0GiB"
            ]
        );
    }

    #[test]
    fn shares_never_round_to_none_or_all() {
        let said = [0.0, 0.0001, 0.0123, 0.25, 0.9995, 1.0].map(share);
        assert_eq!(said, ["0%", "<0.1%", "1.2%", "25.0%", ">99.9%", "100%"]);
    }

    #[test]
    fn durations_choose_their_unit() {
        let said = [0.0, 8.5e-7, 1.234e-5, 0.004_56, 0.9999, 7.891, 95.0, 1234.0].map(seconds);
        assert_eq!(
            said,
            [
                "0s", "850ns", "12.3µs", "4.56ms", "1.00s", "7.89s", "95.0s", "1234s"
            ]
        );
    }

    #[test]
    fn ages_have_two_units() {
        let said = [45, 723, 14_700, 273_600].map(|seconds| age(Duration::from_secs(seconds)));
        assert_eq!(said, ["45s", "12m 03s", "4h 05m", "3d 04h"]);
    }
}
