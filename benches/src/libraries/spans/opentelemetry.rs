//! `tracing` with `tracing-opentelemetry` and the SDK, whose processor drops every span that ends.

use std::time::Duration;

use opentelemetry::trace::{Link, SpanKind, TraceId, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    Sampler, SamplingResult, SdkTracerProvider, ShouldSample, Span, SpanData, SpanProcessor,
};
use tracing::info_span;
use tracing_subscriber::layer::SubscriberExt;

use super::{Resident, tracing as spans, under_roots};
use crate::case::Case;
use crate::entry::{Entry, repeat};

pub(super) const NAME: &str = "tracing-opentelemetry";

/// The root whose trace is not sampled.
const UNSAMPLED: &str = "unsampled";

pub(super) fn resident() -> Resident {
    let provider = SdkTracerProvider::builder()
        .with_span_processor(Dropping)
        .with_sampler(Sampler::ParentBased(Box::new(ByName)))
        .build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("benches"));
    spans::install(tracing_subscriber::registry().with(layer));
    // Spans are only recorded while their provider lives, which here is as long as the process.
    std::mem::forget(provider);
    let mut entries = spans::recorded(NAME);
    entries.push(Entry::peer(Case::TracingBridge, NAME, spans::under_a_root));
    entries.push(Entry::peer(Case::SpanUnsampled, NAME, |iterations| {
        under_roots(iterations, |part| {
            let _root = info_span!(UNSAMPLED).entered();
            repeat(part, |_| spans::span());
        });
    }));
    spans::resident(entries)
}

/// The cheapest processor; most programs have one that batches.
#[derive(Debug)]
struct Dropping;

impl SpanProcessor for Dropping {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, _: SpanData) {}

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

/// Samples every root but one.
#[derive(Clone, Debug)]
struct ByName;

impl ShouldSample for ByName {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        trace_id: TraceId,
        name: &str,
        kind: &SpanKind,
        attributes: &[KeyValue],
        links: &[Link],
    ) -> SamplingResult {
        let sampler = match name {
            UNSAMPLED => Sampler::AlwaysOff,
            _ => Sampler::AlwaysOn,
        };
        sampler.should_sample(parent, trace_id, name, kind, attributes, links)
    }
}
