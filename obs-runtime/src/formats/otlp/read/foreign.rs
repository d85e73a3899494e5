//! What a file is that holds no traces, and what to do about it.

use super::fault::{Fault, Place};

/// Files by their first bytes.
const MAGIC: [(&[u8], &str); 10] = [
    (
        &[0x1f, 0x8b],
        "this is compressed with gzip: decompress it first, with gunzip",
    ),
    (
        &[0x28, 0xb5, 0x2f, 0xfd],
        "this is compressed with zstd: decompress it first, with unzstd",
    ),
    (b"PK\x03\x04", "this is a zip archive: unpack it first"),
    (&[0xff, 0xfe], "this is UTF-16: save it as UTF-8"),
    (&[0xfe, 0xff], "this is UTF-16: save it as UTF-8"),
    (
        b"<",
        "this is HTML or XML, maybe the error page of a server: fetch the traces again",
    ),
    (
        b"# HELP",
        "these are metrics in the format of Prometheus, no traces",
    ),
    (
        b"# TYPE",
        "these are metrics in the format of Prometheus, no traces",
    ),
    (
        b"# EOF",
        "these are metrics in the format of OpenMetrics, no traces",
    ),
    (b"\"", "this is a text of JSON, not an object"),
];

/// The fault of lines that begin like this and hold no object.
pub(super) fn fault(shown: &[u8], at: Place) -> Fault {
    let known = MAGIC.iter().find(|(magic, _)| shown.starts_with(magic));
    if let Some((_, reason)) = known {
        return at.fault(*reason);
    }
    let is_text = |text: &str| {
        !text
            .chars()
            .any(|c| c.is_control() && c != '\t' && c != '\r')
    };
    // A character may have been cut in two at the end.
    let text = String::from_utf8_lossy(shown);
    let text = text.trim_end_matches(['\u{fffd}', '\r']);
    if !is_text(text) || text.contains('\u{fffd}') {
        return at
            .fault("this is no text: OTLP as protocol buffers is not read, export it as JSON");
    }
    let word = text.split([',', ']', ' ']).next().unwrap_or_default();
    if serde_json::from_str::<f64>(word).is_ok() {
        return at.fault(format!("this is a number of JSON, not an object: `{word}`"));
    }
    at.fault(format!(
        "expected an object, which begins with `{{`, and found `{text}`"
    ))
}

/// The keys of objects that are of another kind, and what these are.
const KINDS: [(&str, &str); 6] = [
    (
        "traceEvents",
        "this is a Chrome trace, which is for looking at: open it with Perfetto",
    ),
    ("resourceMetrics", "these are metrics, no traces"),
    ("resourceLogs", "these are logs, no traces"),
    ("resourceProfiles", "these are profiles, no traces"),
    (
        "batches",
        "this is JSON of Tempo's own, not OTLP: fetch the trace from its `/api/v2/traces/` instead",
    ),
    (
        "error",
        "this is the answer of a server that could not give traces",
    ),
];

/// What an object with this key is, unless it holds traces.
pub(super) fn kind(key: &str) -> Option<&'static str> {
    let known = KINDS.iter().find(|(name, _)| *name == key);
    known.map(|(_, what)| *what)
}

/// What an object is of which no key is known.
pub(super) const UNKNOWN: &str = "expected an object with `resourceSpans`, and this one has none";
