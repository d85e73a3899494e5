//! Which text format a scraper wants, by its `Accept` headers.

/// A text format of the exposition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// The Prometheus text format, version 0.0.4: what everybody reads, and the answer in doubt.
    Text,
    /// OpenMetrics 1.0.0.
    OpenMetrics,
}

impl Format {
    /// Picks the format with the highest weight; among equals the one named first; [`Format::Text`] in doubt.
    pub(crate) fn negotiate<'a>(accept: impl IntoIterator<Item = &'a str>) -> Format {
        let ranges = accept.into_iter().flat_map(|header| header.split(','));
        let mut best = (0, Format::Text);
        for (weight, format) in ranges.filter_map(read_range) {
            if weight > best.0 {
                best = (weight, format);
            }
        }
        best.1
    }

    /// Returns the value of `Content-Type`; a server refuses an exposition without one.
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Format::Text => "text/plain; version=0.0.4; charset=utf-8",
            Format::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        }
    }
}

/// Reads one media range: its weight in thousandths and the format it stands for.
fn read_range(range: &str) -> Option<(u32, Format)> {
    let mut parts = range.split(';').map(str::trim);
    let media = parts.next()?.to_ascii_lowercase();
    let (mut weight, mut version) = (1000, None);
    for (key, value) in parts.filter_map(|part| part.split_once('=')) {
        match key.trim().to_ascii_lowercase().as_str() {
            "q" => weight = read_weight(value.trim())?,
            "version" => version = Some(value.trim().trim_matches('"')),
            _ => {}
        }
    }
    Some((weight, format_of(&media, version)?))
}

fn format_of(media: &str, version: Option<&str>) -> Option<Format> {
    match (media, version) {
        ("application/openmetrics-text", None | Some("1.0.0")) => Some(Format::OpenMetrics),
        ("text/plain", None | Some("0.0.4")) => Some(Format::Text),
        ("text/*" | "*/*", _) => Some(Format::Text),
        _ => None,
    }
}

/// Reads a weight such as `0.75`; a range with a weight that is none is ignored.
fn read_weight(text: &str) -> Option<u32> {
    let weight: f32 = text.parse().ok()?;
    (0.0..=1.0)
        .contains(&weight)
        .then_some((weight * 1000.0).round() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pick(accept: &[&str]) -> Format {
        Format::negotiate(accept.iter().copied())
    }

    #[test]
    fn prometheus_2_gets_open_metrics() {
        let header = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,\
                      text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
        assert_eq!(pick(&[header]), Format::OpenMetrics);
    }

    #[test]
    fn prometheus_with_native_histograms_gets_open_metrics() {
        let header = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,\
                      application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
        assert_eq!(pick(&[header]), Format::OpenMetrics);
    }

    #[test]
    fn prometheus_3_gets_open_metrics() {
        let header = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
                      application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,\
                      text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
        assert_eq!(pick(&[header]), Format::OpenMetrics);
    }

    #[test]
    fn weights_decide_whatever_the_order() {
        assert_eq!(
            pick(&["application/openmetrics-text;q=0.2, text/plain;q=0.3"]),
            Format::Text
        );
        assert_eq!(
            pick(&["text/plain; Q=0.2", "Application/OpenMetrics-Text; q=0.3"]),
            Format::OpenMetrics
        );
    }

    #[test]
    fn everything_else_gets_the_old_text() {
        assert_eq!(pick(&[]), Format::Text);
        assert_eq!(pick(&[""]), Format::Text);
        assert_eq!(
            pick(&["text/html,application/xhtml+xml,*/*;q=0.8"]),
            Format::Text
        );
        assert_eq!(pick(&["application/json"]), Format::Text);
        assert_eq!(
            pick(&["application/openmetrics-text;version=2.0.0"]),
            Format::Text
        );
        assert_eq!(pick(&["application/openmetrics-text;q=0"]), Format::Text);
        assert_eq!(pick(&["application/openmetrics-text;q=high"]), Format::Text);
        assert_eq!(pick(&["application/openmetrics-text;q=7"]), Format::Text);
    }
}
