//! The layer: what `tracing` tells, told to obs.

use obs::recorded::Context as Here;
use obs::recorded::Edge;
use obs::recorded::Origin;
use obs::recorded::bridged;
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::{LookupSpan, SpanRef};

use super::callsite::Callsite;
use super::callsites;
use super::fields;
use super::opened::Opened;

/// Records spans and events of `tracing` as obs records its own, while a [`Runtime`](crate::Runtime) collects.
///
/// Spans of both are parts of each other as they are entered; one that is in nothing begins a trace. What the fields
/// `otel.name`, `otel.kind`, `otel.status_code`, `otel.status_description` and `error` say is done to the span; all others are
/// attributes. A span that was entered more than once has been polled so often. An event belongs to the span that the thread
/// is in, or its explicit parent, and is not recorded outside any; one of level `ERROR` says that its span has failed, unless that
/// was said to have gone well.
///
/// What comes from obs's own crates is left out. Other layers are not touched: what this one leaves out they get. What all layers
/// are to be spared is for a filter of the subscriber; what this one is to be spared, for `with_filter` or
/// [`max_level`](ObsLayer::max_level).
#[derive(Debug, Clone)]
#[must_use = "a layer does nothing until it is added to a subscriber"]
pub struct ObsLayer {
    spans: LevelFilter,
    events: LevelFilter,
}

impl Default for ObsLayer {
    fn default() -> ObsLayer {
        ObsLayer {
            spans: LevelFilter::TRACE,
            events: LevelFilter::TRACE,
        }
    }
}

impl ObsLayer {
    /// Returns a layer that records all that the subscriber lets through.
    pub fn new() -> ObsLayer {
        ObsLayer::default()
    }

    /// Leaves out spans and events of finer levels.
    pub fn max_level(self, level: impl Into<LevelFilter>) -> ObsLayer {
        let level = level.into();
        self.max_span_level(level).max_event_level(level)
    }

    /// Leaves out spans of finer levels: what is inside belongs to the span around them.
    pub fn max_span_level(self, level: impl Into<LevelFilter>) -> ObsLayer {
        ObsLayer {
            spans: level.into(),
            ..self
        }
    }

    /// Leaves out events of finer levels.
    pub fn max_event_level(self, level: impl Into<LevelFilter>) -> ObsLayer {
        ObsLayer {
            events: level.into(),
            ..self
        }
    }

    /// Where what has this metadata comes from; `None` where that is left out.
    #[inline]
    fn callsite(&self, metadata: &'static Metadata<'static>) -> Option<&'static Callsite> {
        let most = if metadata.is_event() {
            self.events
        } else {
            self.spans
        };
        if *metadata.level() > most {
            return None;
        }
        let callsite = callsites::of(metadata);
        (!callsite.is_own()).then_some(callsite)
    }
}

impl<S> Layer<S> for ObsLayer
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    /// Never refuses: that would refuse it for all other layers.
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        self.callsite(metadata);
        Interest::always()
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(callsite) = self.callsite(attributes.metadata()) else {
            return;
        };
        let origin = origin(attributes, &context);
        // Before anything is locked: fields may do anything when they are written.
        if let Some(opened) = Opened::new(callsite, attributes, origin)
            && let Some(span) = context.span(id)
        {
            span.extensions_mut().insert(opened);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(said) = opened(&span).and_then(|opened| opened.record(values))
        {
            with(&span, |opened| opened.take(&said));
        }
    }

    fn on_follows_from(&self, id: &Id, follows: &Id, context: Context<'_, S>) {
        if let Some(of) = context.span(id).as_ref().and_then(opened)
            && let Some(other) = context.span(follows).as_ref().and_then(opened)
        {
            of.context().link(other.context());
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let Some(here) = around(event, |id| context.span(id)).filter(Here::is_recorded) else {
            return;
        };
        let Some(callsite) = self.callsite(event.metadata()) else {
            return;
        };
        let fails = *event.metadata().level() == Level::ERROR;
        let Some(attributes) = bridged::Attributes::of_event(&here, callsite.site()) else {
            return;
        };
        let fault = fields::write_event(event, callsite, attributes, fails);
        if !fails {
            return;
        }
        let of_span = context.event_span(event);
        let is_here = |span: &SpanRef<'_, S>| opened(span).is_some_and(|it| it.context() == here);
        match of_span.filter(is_here) {
            Some(span) => with(&span, |opened| opened.fail(fault.as_ref())),
            // A span of obs's own.
            None => here.error(fault.as_ref().map_or("", fields::text)),
        }
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            with(&span, Opened::enter);
        }
    }

    fn on_exit(&self, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            with(&span, Opened::leave);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        if let Some(opened) = context.span(&id).as_ref().and_then(opened) {
            opened.close();
        }
    }
}

/// Where a span comes from. What the thread is in, obs knows: spans of both are in it.
fn origin<S>(attributes: &Attributes<'_>, context: &Context<'_, S>) -> Origin
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    if attributes.is_root() {
        return Origin::Root;
    }
    let Some(parent) = attributes.parent() else {
        return Origin::Here;
    };
    let parent = context.span(parent).and_then(within);
    parent.map_or(Origin::Root, |parent| Origin::Of(parent, Edge::Call))
}

/// The context that an event belongs to: of its explicit parent, or what the thread is in.
pub(super) fn around<'a, S>(
    event: &'a Event<'_>,
    span: impl FnOnce(&'a Id) -> Option<SpanRef<'a, S>>,
) -> Option<Here>
where
    S: for<'lookup> LookupSpan<'lookup> + 'a,
{
    if event.is_root() {
        return None;
    }
    match event.parent() {
        Some(parent) => span(parent).and_then(within),
        None => Some(Here::current()),
    }
}

/// The context inside a span: its own, or of the nearest around it that is not left out.
fn within<'a, S>(span: SpanRef<'a, S>) -> Option<Here>
where
    S: for<'lookup> LookupSpan<'lookup> + 'a,
{
    let mut scope = span.scope();
    scope.find_map(|span| Some(opened(&span)?.context()))
}

/// A copy of what is kept of a span; `None` of one that is left out.
fn opened<'a, S>(span: &SpanRef<'a, S>) -> Option<Opened>
where
    S: LookupSpan<'a>,
{
    span.extensions().get::<Opened>().copied()
}

/// Does something to what is kept of a span, which is locked meanwhile.
#[inline]
fn with<'a, S>(span: &SpanRef<'a, S>, f: impl FnOnce(&mut Opened))
where
    S: LookupSpan<'a>,
{
    if let Some(opened) = span.extensions_mut().get_mut::<Opened>() {
        f(opened);
    }
}
