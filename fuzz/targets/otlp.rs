//! Files of other programs: an error or traces, within bounds, and whatever is done with a trace that was opened.

#![no_main]

use libfuzzer_sys::fuzz_target;
use obs_runtime::evaluate::critical_path::{Options, Standing, analyse};
use obs_runtime::formats::chrome::{self, Drawing};
use obs_runtime::formats::otlp::{self, MAX_FAULTS, Opened};
use obs_runtime::model::trace::Trace;
use peak_alloc::PeakAlloc;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// How many bytes a file may take while it is read, beside so many for each of its bytes: `{}` is a span to Jaeger's page, and a span
/// takes its place.
const BYTES: usize = 1 << 20;
const BYTES_PER_BYTE: usize = 1_024;

fuzz_target!(|file: &[u8]| {
    HEAP.reset_peak_usage();
    let before = HEAP.current_usage();
    let opened = otlp::read(file);
    let took = HEAP.peak_usage().saturating_sub(before);
    assert!(took <= BYTES + BYTES_PER_BYTE * file.len(), "{took} bytes");
    match opened {
        Ok(opened) => held(&opened, file.len()),
        Err(otlp::Error::NoTraces { faults, .. }) => assert!(faults.len() <= MAX_FAULTS),
        Err(otlp::Error::Read(error)) => panic!("bytes are always read: {error}"),
        Err(_) => {}
    }
});

fn held(opened: &Opened, length: usize) {
    assert!(!opened.traces.is_empty() && opened.faults.len() <= MAX_FAULTS);
    let spans = opened.traces.iter().map(|opened| opened.trace.spans.len());
    assert!(spans.sum::<usize>() <= length, "more spans than bytes");
    let mut lines = Vec::new();
    for opened in &opened.traces {
        otlp::write(&mut lines, &opened.service, &opened.trace).expect("there is room");
        analysed(&opened.trace);
        drawn(&opened.trace);
    }
    let again = otlp::read(&lines[..]).expect("what was written is read");
    assert_eq!(again.faults, []);
    let mut once_more = Vec::new();
    for opened in &again.traces {
        otlp::write(&mut once_more, &opened.service, &opened.trace).expect("there is room");
    }
    let text = String::from_utf8_lossy;
    assert_eq!(text(&lines), text(&once_more));
}

/// Its critical path covers its time, once.
fn analysed(trace: &Trace) {
    let analysis = analyse(trace, None, &Options::of(trace));
    assert_eq!(analysis.facts.len(), trace.spans.len());
    let on_path: u64 = analysis
        .segments
        .iter()
        .map(|segment| segment.duration_ns())
        .sum();
    assert_eq!(on_path, analysis.duration_ns);
    let critical = analysis
        .facts
        .iter()
        .filter(|facts| facts.standing == Standing::Critical);
    assert!(
        critical
            .map(|facts| facts.critical_ns)
            .all(|ns| ns <= analysis.duration_ns)
    );
}

/// Drawn, it is JSON.
fn drawn(trace: &Trace) {
    let mut file = Vec::new();
    chrome::write(&mut file, &[Drawing::from(trace)]).expect("there is room");
    serde_json::from_slice::<serde::de::IgnoredAny>(&file).expect("it is JSON");
}
