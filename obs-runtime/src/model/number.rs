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

/// Appends an integer.
pub(crate) fn push_integer(out: &mut Vec<u8>, mut value: u64) {
    // Twenty digits hold every u64.
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    while value >= 100 {
        let pair = (value % 100) as usize * 2;
        value /= 100;
        at -= 2;
        digits[at..at + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
    }
    if value >= 10 {
        let pair = value as usize * 2;
        at -= 2;
        digits[at..at + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
    } else {
        at -= 1;
        digits[at] = b'0' + value as u8;
    }
    out.extend_from_slice(&digits[at..]);
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

static PAIRS: [u8; 200] = {
    let mut pairs = [0; 200];
    let mut n = 0;
    while n < 100 {
        pairs[n * 2] = b'0' + (n / 10) as u8;
        pairs[n * 2 + 1] = b'0' + (n % 10) as u8;
        n += 1;
    }
    pairs
};

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
