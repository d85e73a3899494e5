//! Numbers as the text formats write them.

use std::io::Write as _;

/// Appends a float: integers without a point, the shortest digits that read back as the same value otherwise.
pub(crate) fn push_float(out: &mut Vec<u8>, value: f64) {
    let magnitude = value.abs();
    if magnitude < 1e15 && value.fract() == 0.0 {
        if value.is_sign_negative() && value != 0.0 {
            out.push(b'-');
        }
        push_integer(out, magnitude as u64);
    } else if value.is_nan() {
        out.extend_from_slice(b"NaN");
    } else if value.is_infinite() {
        out.extend_from_slice(if value > 0.0 { b"+Inf" } else { b"-Inf" });
    } else if (1e-5..1e17).contains(&magnitude) {
        write_infallibly(out, format_args!("{value}"));
    } else {
        write_infallibly(out, format_args!("{value:e}"));
    }
}

/// What eight digits can count to.
const EIGHT_DIGITS: u64 = 100_000_000;

/// Appends an integer.
#[inline]
pub(crate) fn push_integer(out: &mut Vec<u8>, value: u64) {
    if value >= EIGHT_DIGITS {
        push_integer_of_many_digits(out, value);
        return;
    }
    let digits = eight_digits(value);
    let zeros = (digits.trailing_zeros() / 8).min(7);
    let end = out.len() + 8 - zeros as usize;
    // Of constant length, and cut afterwards: that costs no call.
    out.extend_from_slice(&(text_of(digits) >> (8 * zeros)).to_le_bytes());
    out.truncate(end);
}

fn push_integer_of_many_digits(out: &mut Vec<u8>, value: u64) {
    push_integer(out, value / EIGHT_DIGITS);
    let digits = eight_digits(value % EIGHT_DIGITS);
    out.extend_from_slice(&text_of(digits).to_le_bytes());
}

/// The eight digits of a number below [`EIGHT_DIGITS`], a byte for each, the first one lowest.
///
/// Divides all parts of the number at a time: into halves, these into pairs, and these into digits. A division by a constant
/// is a multiplication and a shift, exact for numbers as small as those.
fn eight_digits(value: u64) -> u64 {
    let halves = (value / 10_000) | ((value % 10_000) << 32);
    let hundreds = ((halves * 10_486) >> 20) & 0x0000_007f_0000_007f;
    let pairs = hundreds | ((halves - 100 * hundreds) << 16);
    let tens = ((pairs * 103) >> 10) & 0x000f_000f_000f_000f;
    tens | ((pairs - 10 * tens) << 8)
}

/// Digits as characters.
fn text_of(digits: u64) -> u64 {
    digits | 0x3030_3030_3030_3030
}

/// Appends nanoseconds as seconds, exactly: no float comes between.
pub(crate) fn push_nanoseconds_as_seconds(out: &mut Vec<u8>, nanoseconds: u64) {
    push_integer(out, nanoseconds / 1_000_000_000);
    let mut fraction = nanoseconds % 1_000_000_000;
    if fraction == 0 {
        return;
    }
    let mut digits = [b'0'; 9];
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (fraction % 10) as u8;
        fraction /= 10;
    }
    let end = digits.iter().rposition(|digit| *digit != b'0');
    out.push(b'.');
    out.extend_from_slice(&digits[..=end.unwrap_or(0)]);
}

/// Returns a bucket bound as OpenMetrics wants it in `le`: Go's `%g`, with `.0` where it would look like an integer.
///
/// Both formats use it, so that a server sees the same series whichever it negotiates.
pub(crate) fn canonical_float(value: f64) -> String {
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    // Go switches to the exponent below 1e-4 and from 1e+06 on.
    if value == 0.0 || (-4..6).contains(&exponent) {
        let plain = format!("{value}");
        return if plain.contains('.') {
            plain
        } else {
            plain + ".0"
        };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

fn write_infallibly(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    // Writing to a Vec cannot fail.
    let _ = out.write_fmt(text);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(push: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        push(&mut out);
        String::from_utf8(out).unwrap()
    }

    fn float(value: f64) -> String {
        written(|out| push_float(out, value))
    }

    #[test]
    fn floats_are_short_and_special_values_named() {
        assert_eq!(float(0.0), "0");
        assert_eq!(float(-0.0), "0");
        assert_eq!(float(-3.0), "-3");
        assert_eq!(float(0.1), "0.1");
        assert_eq!(float(1e300), "1e300");
        assert_eq!(float(-2.5e-9), "-2.5e-9");
        assert_eq!(float(f64::NAN), "NaN");
        assert_eq!(float(f64::INFINITY), "+Inf");
        assert_eq!(float(f64::NEG_INFINITY), "-Inf");
    }

    #[test]
    fn bounds_look_as_open_metrics_lists_them() {
        let cases = [
            (0.0, "0.0"),
            (0.001, "0.001"),
            (1.0, "1.0"),
            (10.0, "10.0"),
            (2.5, "2.5"),
            (1e-10, "1e-10"),
            (1e-5, "1e-05"),
            (0.0001, "0.0001"),
            (100_000.0, "100000.0"),
            (1e6, "1e+06"),
            (1_048_576.0, "1.048576e+06"),
            (-1.0, "-1.0"),
            (f64::INFINITY, "+Inf"),
        ];
        for (value, text) in cases {
            assert_eq!(canonical_float(value), text);
        }
    }

    #[test]
    fn nanoseconds_become_seconds_without_rounding() {
        let seconds = |ns| written(|out| push_nanoseconds_as_seconds(out, ns));
        assert_eq!(seconds(0), "0");
        assert_eq!(seconds(1), "0.000000001");
        assert_eq!(seconds(1_500_000_000), "1.5");
        assert_eq!(seconds(3_000_000_000), "3");
        assert_eq!(seconds(u64::MAX), "18446744073.709551615");
    }

    #[test]
    fn integers_have_their_digits_at_every_length() {
        let mut power = 1u64;
        for _ in 0..20 {
            for value in [power - 1, power, power + 1, power / 10 * 9] {
                assert_eq!(written(|out| push_integer(out, value)), value.to_string());
            }
            power = power.saturating_mul(10).min(u64::MAX - 1);
        }
        // Every group of four digits, as the first of eight and as the last.
        for group in 0..10_000 {
            for value in [group, group * 10_000 + 1_234] {
                assert_eq!(written(|out| push_integer(out, value)), value.to_string());
            }
        }
    }

    proptest! {
        #[test]
        fn integers_are_written_as_the_standard_library_does(value: u64, shift in 0u32..64) {
            let value = value >> shift;
            prop_assert_eq!(written(|out| push_integer(out, value)), value.to_string());
        }

        #[test]
        fn floats_read_back_as_themselves(bits: u64) {
            let value = f64::from_bits(bits);
            prop_assume!(value.is_finite());
            prop_assert_eq!(float(value).parse::<f64>().unwrap(), value);
            prop_assert_eq!(canonical_float(value).parse::<f64>().unwrap(), value);
        }
    }
}
