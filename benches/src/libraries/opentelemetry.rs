//! `opentelemetry` with a reader that reads when asked: instruments held, attributes given at each call.

use std::time::Instant;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Meter, MeterProvider};
use opentelemetry_sdk::metrics::{Aggregation, Instrument, ManualReader, SdkMeterProvider, Stream};

use crate::case::Case;
use crate::entry::{Entry, repeat};
use crate::labels::request;
use crate::workload::{BOUNDS, SCHEMA, SECONDS, Work, value};

const NAME: &str = "opentelemetry";
/// The histogram that a view gives exponential buckets.
const EXPONENTIAL: &str = "write";
/// As many buckets as it keeps by default: enough for all values at the schema.
const MOST_BUCKETS: u32 = 160;

pub(super) fn entries() -> Vec<Entry> {
    let provider = SdkMeterProvider::builder()
        .with_reader(ManualReader::builder().build())
        .with_view(exponential)
        .build();
    let meter = provider.meter("benches");
    let mut entries = counters(&meter);
    entries.extend(others(&meter));
    // The instruments only work while their provider lives, which here is as long as the process.
    std::mem::forget(provider);
    entries
}

/// What a view says of instruments.
fn exponential(instrument: &Instrument) -> Option<Stream> {
    let aggregation = Aggregation::Base2ExponentialHistogram {
        max_size: MOST_BUCKETS,
        max_scale: SCHEMA as i8,
        record_min_max: false,
    };
    let stream = Stream::builder().with_aggregation(aggregation);
    let is_it = instrument.name() == EXPONENTIAL;
    is_it.then(|| stream.build().expect("a valid aggregation"))
}

fn counters(meter: &Meter) -> Vec<Entry> {
    let jobs = meter.u64_counter("jobs").build();
    let component_jobs = meter.u64_counter("component_jobs").build();
    let requests = meter.u64_counter("requests").build();
    vec![
        Entry::peer(Case::Counter, NAME, move |iterations| {
            repeat(iterations, |_| jobs.add(1, &[]))
        }),
        // It keeps no handle per series: the cheapest is an attribute made once and looked up at each call.
        Entry::peer(Case::CounterComponent, NAME, move |iterations| {
            let attributes = [KeyValue::new("component", "relay")];
            repeat(iterations, |_| component_jobs.add(1, &attributes));
        }),
        Entry::peer(Case::CounterEnumLabels, NAME, move |iterations| {
            repeat(iterations, |iteration| {
                let labels = request(iteration);
                requests.add(
                    1,
                    &[
                        KeyValue::new("method", labels.method.text()),
                        KeyValue::new("outcome", labels.outcome.text()),
                    ],
                );
            });
        }),
    ]
}

fn others(meter: &Meter) -> Vec<Entry> {
    let length = meter.u64_gauge("queue_length").build();
    let latency = meter
        .f64_histogram("latency")
        .with_boundaries(BOUNDS.to_vec())
        .build();
    let write = meter.f64_histogram(EXPONENTIAL).build();
    let work_total = meter.u64_counter("work").build();
    let work_seconds = meter
        .f64_histogram("work_seconds")
        .with_boundaries(BOUNDS.to_vec())
        .build();
    vec![
        Entry::peer(Case::GaugeSet, NAME, move |iterations| {
            repeat(iterations, |iteration| length.record(iteration, &[]));
        }),
        Entry::peer(Case::Histogram, NAME, move |iterations| {
            let values = &*SECONDS;
            repeat(iterations, |iteration| {
                latency.record(value(values, iteration), &[])
            });
        }),
        Entry::peer(Case::HistogramExponential, NAME, move |iterations| {
            let values = &*SECONDS;
            repeat(iterations, |iteration| {
                write.record(value(values, iteration), &[])
            });
        }),
        Entry::peer(Case::WorkCounterHistogram, NAME, move |iterations| {
            let mut work = Work::new();
            repeat(iterations, |_| {
                let start = Instant::now();
                work.run();
                work_total.add(1, &[]);
                work_seconds.record(start.elapsed().as_secs_f64(), &[]);
            });
        }),
    ]
}
