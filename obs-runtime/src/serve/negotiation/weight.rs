//! Weighted lists, as `Accept` and `Accept-Encoding` are.

/// The elements of some headers of one name.
pub(super) fn elements<'a>(
    headers: impl IntoIterator<Item = &'a str>,
) -> impl Iterator<Item = &'a str> {
    headers.into_iter().flat_map(|header| header.split(','))
}

/// Splits an element at its semicolons: what it is about, and its parameters as lower-case key and value.
pub(super) fn split(element: &str) -> (String, impl Iterator<Item = (String, &str)>) {
    let mut parts = element.split(';').map(str::trim);
    let subject = parts.next().unwrap_or_default().to_ascii_lowercase();
    let parameters = parts.filter_map(|part| part.split_once('='));
    let parameters = parameters.map(|(key, value)| {
        let value = value.trim().trim_matches('"');
        (key.trim().to_ascii_lowercase(), value)
    });
    (subject, parameters)
}

/// Reads a weight such as `0.75`, in thousandths; an element with a weight that is none is ignored.
pub(super) fn read(text: &str) -> Option<u32> {
    let weight: f32 = text.parse().ok()?;
    (0.0..=1.0)
        .contains(&weight)
        .then_some((weight * 1000.0).round() as u32)
}
