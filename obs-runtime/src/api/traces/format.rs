//! The formats of files for other programs.

/// A format of files for other programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TraceFormat {
    /// OTLP/JSON, one line: the whole trace, for anything that speaks OpenTelemetry, and for `obs-cli traces open`.
    Otlp,
    /// A Chrome trace, for Perfetto and chrome://tracing.
    Chrome,
    /// Folded stacks of the critical path, for flame graphs.
    Folded,
}

impl TraceFormat {
    /// All of them.
    pub const ALL: [TraceFormat; 3] = [TraceFormat::Otlp, TraceFormat::Chrome, TraceFormat::Folded];

    /// Its name, as a runtime is asked for it.
    pub const fn name(self) -> &'static str {
        match self {
            TraceFormat::Otlp => "otlp",
            TraceFormat::Chrome => "chrome",
            TraceFormat::Folded => "folded",
        }
    }

    /// How the name of such a file ends.
    pub const fn extension(self) -> &'static str {
        match self {
            TraceFormat::Otlp => "otlp.jsonl",
            TraceFormat::Chrome => "chrome.json",
            TraceFormat::Folded => "folded",
        }
    }
}
