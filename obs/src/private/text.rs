//! Texts and names that are put together at compile time, from a `const` of the user's.

/// Joins texts at compile time.
#[doc(hidden)]
#[macro_export]
macro_rules! __joined {
    ($($part:expr),+ $(,)?) => {{
        const __OBS_PARTS: &[&::core::primitive::str] = &[$($part),+];
        const __OBS_BYTES: [::core::primitive::u8; $crate::private::text::length(__OBS_PARTS)] =
            $crate::private::text::join(__OBS_PARTS);
        $crate::private::text::of(&__OBS_BYTES)
    }};
}

/// How long the texts are together.
pub const fn length(parts: &[&str]) -> usize {
    let (mut length, mut at) = (0, 0);
    while at < parts.len() {
        length += parts[at].len();
        at += 1;
    }
    length
}

/// The texts in one; `N` is their length.
pub const fn join<const N: usize>(parts: &[&str]) -> [u8; N] {
    let mut bytes = [0; N];
    let (mut end, mut part) = (0, 0);
    while part < parts.len() {
        let from = parts[part].as_bytes();
        let mut at = 0;
        while at < from.len() {
            bytes[end] = from[at];
            end += 1;
            at += 1;
        }
        part += 1;
    }
    bytes
}

/// The text of joined bytes.
pub const fn of(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => panic!("texts joined to something that is no text"),
    }
}

/// Checks the first words of the names of a function's families, as far as that can be done without the compiler's help.
///
/// # Panics
///
/// Panics, at compile time, where no name may begin so.
pub const fn check_prefix(prefix: &str) {
    let bytes = prefix.as_bytes();
    assert!(
        !bytes.is_empty(),
        "the name is empty: write what is called, like \"fetch\""
    );
    assert!(
        bytes[0].is_ascii_lowercase(),
        "metric names begin with a small letter"
    );
    assert!(
        bytes[bytes.len() - 1] != b'_',
        "families add `_calls_total` and so on themselves: leave the last `_` out"
    );
    let mut at = 0;
    while at < bytes.len() {
        let legal = bytes[at].is_ascii_lowercase() || bytes[at].is_ascii_digit();
        assert!(
            legal || bytes[at] == b'_',
            "metric names are snake_case: small letters, digits and `_`"
        );
        assert!(
            at == 0 || bytes[at] != b'_' || bytes[at - 1] != b'_',
            "metric names have one `_` between words"
        );
        at += 1;
    }
    assert!(
        !begins(bytes, b"obs_") && !begins(bytes, b"process_"),
        "names that begin with `obs_` and `process_` belong to obs"
    );
}

const fn begins(text: &[u8], start: &[u8]) -> bool {
    let mut at = 0;
    while at < start.len() {
        if at >= text.len() || text[at] != start[at] {
            return false;
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_join_at_compile_time() {
        const NAME: &str = "fetch";
        const JOINED: &str = crate::__joined!("a ", NAME, "_calls");
        assert_eq!(JOINED, "a fetch_calls");
        assert_eq!(length(&["", "é", "b"]), 3);
    }

    #[test]
    fn a_prefix_that_no_name_may_have_is_refused() {
        for refused in [
            "",
            "Fetch",
            "fetch_",
            "_fetch",
            "7up",
            "fetch__all",
            "fetch-all",
            "obs_fetch",
            "process_fetch",
        ] {
            assert!(
                std::panic::catch_unwind(|| check_prefix(refused)).is_err(),
                "{refused}"
            );
        }
        for good in ["fetch", "http2_fetch", "obs", "observed_fetch"] {
            check_prefix(good);
        }
    }
}
