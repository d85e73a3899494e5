//! Which format a scraper wants, by its `Accept` headers.

use crate::serve::exposition::Format;

use super::weight;

/// What an exposition is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Media {
    /// One of the text formats.
    Text(Format),
    /// `io.prometheus.client.MetricFamily`, each message behind its length: the only one with native histograms.
    Protobuf,
}

/// What is written where nothing better was asked for.
const IN_DOUBT: Media = Media::Text(Format::Text);

impl Media {
    /// Picks the format with the highest weight; among equals the one named first; the old text in doubt.
    pub(crate) fn negotiate<'a>(accepted: impl IntoIterator<Item = &'a str>) -> Media {
        let mut best = (0, IN_DOUBT);
        for (weight, media) in weight::elements(accepted).filter_map(read_range) {
            if weight > best.0 {
                best = (weight, media);
            }
        }
        best.1
    }

    /// Returns the value of `Content-Type`; a server refuses an exposition without one.
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Media::Text(Format::Text) => "text/plain; version=0.0.4; charset=utf-8",
            Media::Text(Format::OpenMetrics) => {
                "application/openmetrics-text; version=1.0.0; charset=utf-8"
            }
            Media::Protobuf => {
                "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
            }
        }
    }
}

/// The parameters of a media range that matter.
#[derive(Default)]
struct Parameters<'a> {
    version: Option<&'a str>,
    proto: Option<&'a str>,
    encoding: Option<&'a str>,
}

/// Reads one media range: its weight in thousandths and the format it stands for.
fn read_range(range: &str) -> Option<(u32, Media)> {
    let (media, parameters) = weight::split(range);
    let (mut weight, mut told) = (1000, Parameters::default());
    for (key, value) in parameters {
        match key.as_str() {
            "q" => weight = weight::read(value)?,
            "version" => told.version = Some(value),
            "proto" => told.proto = Some(value),
            "encoding" => told.encoding = Some(value),
            _ => {}
        }
    }
    Some((weight, media_of(&media, &told)?))
}

fn media_of(media: &str, told: &Parameters<'_>) -> Option<Media> {
    match (media, told.version) {
        ("application/openmetrics-text", None | Some("1.0.0")) => {
            Some(Media::Text(Format::OpenMetrics))
        }
        ("text/plain", None | Some("0.0.4")) => Some(Media::Text(Format::Text)),
        ("application/vnd.google.protobuf", _) => told.are_of_families().then_some(Media::Protobuf),
        ("text/*" | "*/*", _) => Some(IN_DOUBT),
        _ => None,
    }
}

impl Parameters<'_> {
    /// There are other messages, and other ways to put them one after the other.
    fn are_of_families(&self) -> bool {
        self.proto == Some("io.prometheus.client.MetricFamily")
            && self.encoding == Some("delimited")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: Media = Media::Text(Format::Text);
    const OPEN_METRICS: Media = Media::Text(Format::OpenMetrics);
    const PROTOBUF: &str = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

    fn pick(accept: &[&str]) -> Media {
        Media::negotiate(accept.iter().copied())
    }

    #[test]
    fn prometheus_2_gets_open_metrics() {
        let header = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,\
                      text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
        assert_eq!(pick(&[header]), OPEN_METRICS);
    }

    #[test]
    fn prometheus_with_native_histograms_gets_protobuf() {
        let text = "application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
        assert_eq!(pick(&[PROTOBUF, text]), Media::Protobuf);
        assert_eq!(pick(&[&format!("{PROTOBUF};q=0.7"), text]), OPEN_METRICS);
        assert_eq!(
            pick(&[&PROTOBUF.replace(';', " ; "), text]),
            Media::Protobuf
        );
    }

    #[test]
    fn other_protobuf_is_not_offered() {
        for other in [
            "application/vnd.google.protobuf",
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily",
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text",
            "application/vnd.google.protobuf;proto=another.Message;encoding=delimited",
        ] {
            assert_eq!(pick(&[other]), TEXT, "{other}");
        }
    }

    #[test]
    fn prometheus_3_gets_open_metrics() {
        let header = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
                      application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,\
                      text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
        assert_eq!(pick(&[header]), OPEN_METRICS);
    }

    #[test]
    fn weights_decide_whatever_the_order() {
        assert_eq!(
            pick(&["application/openmetrics-text;q=0.2, text/plain;q=0.3"]),
            TEXT
        );
        assert_eq!(
            pick(&["text/plain; Q=0.2", "Application/OpenMetrics-Text; q=0.3"]),
            OPEN_METRICS
        );
    }

    #[test]
    fn everything_else_gets_the_old_text() {
        assert_eq!(pick(&[]), TEXT);
        assert_eq!(pick(&[""]), TEXT);
        assert_eq!(pick(&["text/html,application/xhtml+xml,*/*;q=0.8"]), TEXT);
        assert_eq!(pick(&["application/json"]), TEXT);
        assert_eq!(pick(&["application/openmetrics-text;version=2.0.0"]), TEXT);
        assert_eq!(pick(&["application/openmetrics-text;q=0"]), TEXT);
        assert_eq!(pick(&["application/openmetrics-text;q=high"]), TEXT);
        assert_eq!(pick(&["application/openmetrics-text;q=7"]), TEXT);
    }
}
