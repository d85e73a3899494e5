//! Recording what is said of spans: attributes, events, links, errors.

use std::fmt;

use super::context::{Context, RECORDED};
use super::group::{self, Group, Key};
use super::local::local;
use super::site::Site;
use super::status::Status;
use super::value::{AttributeValue, Value, Written};
use crate::clock::Stopwatch;

/// Records attributes of a span by the texts of their keys.
pub(super) fn record(context: &Context, attributes: &[(&str, Option<Value<'_>>)]) {
    let attributes = attributes.iter();
    let attributes = attributes.filter_map(|(key, value)| Some((Key::Text(key), (*value)?)));
    write(context, &head(context, 0, 0), attributes, false);
}

/// Records attributes of a span by the keys of its site.
pub(super) fn record_numbered(context: &Context, site: u32, values: &[Option<Value<'_>>]) {
    write(context, &head(context, 0, site), numbered(values), false);
}

/// Records that a span failed.
pub(super) fn record_error(context: &Context, what: &dyn fmt::Display) {
    let failed = (Status::Error as u32) << group::STATUS_SHIFT;
    let text = Written::of(format_args!("{what}"));
    let message = text.value().map(|text| (Key::Text(MESSAGE), text));
    write(
        context,
        &head(context, failed, 0),
        message.into_iter(),
        true,
    );
}

/// Records what is to be known of how a span went, which its end says.
pub(super) fn record_message(context: &Context, what: &Value<'_>) {
    let message = std::iter::once((Key::Text(MESSAGE), *what));
    write(context, &head(context, 0, 0), message, true);
}

/// Records that a trace is to be kept.
pub(super) fn record_force(context: &Context) {
    let head = head(context, group::FORCED, 0);
    write(context, &head, std::iter::empty(), true);
}

/// Records that something happened.
pub(super) fn record_event(context: &Context, site: &'static Site, values: &[Option<Value<'_>>]) {
    let Some(number) = site.number() else {
        return;
    };
    write(
        context,
        &event_head(context, number),
        numbered(values),
        false,
    );
}

/// Records that a span has to do with another.
pub(super) fn record_link(context: &Context, other: &Context) {
    if context.flags() & RECORDED == 0 || other.trace == [0; 2] {
        return;
    }
    let [trace_high, trace_low] = context.trace;
    let words = [
        group::first(group::LINK, origin(context), 0),
        trace_high,
        trace_low,
        context.span,
        other.trace[0],
        other.trace[1],
        other.outside_id(),
        0,
    ];
    local(|local| local.record(&[words], false, 0));
}

/// The key of the attribute that says what was wrong.
pub(super) const MESSAGE: &str = "";

fn head(context: &Context, flags: u32, site: u32) -> [u64; 4] {
    let [trace_high, trace_low] = context.trace;
    [
        group::first(group::ATTRIBUTES, flags | origin(context), site),
        trace_high,
        trace_low,
        context.span,
    ]
}

fn event_head(context: &Context, number: u32) -> [u64; 5] {
    let now = Stopwatch::start();
    let flags = if now.is_monotonic() {
        group::MONOTONIC
    } else {
        0
    };
    let [trace_high, trace_low] = context.trace;
    [
        group::first(group::EVENT, flags | origin(context), number),
        trace_high,
        trace_low,
        context.span,
        now.reading(),
    ]
}

/// Whether the span that something is said of is one of another process.
fn origin(context: &Context) -> u32 {
    if context.flags() & super::context::REMOTE != 0 {
        group::REMOTE
    } else {
        0
    }
}

fn numbered<'a>(values: &'a [Option<Value<'a>>]) -> impl Iterator<Item = (Key<'a>, Value<'a>)> {
    let values = (0..).zip(values);
    values.filter_map(|(number, value)| Some((Key::Number(number), (*value)?)))
}

/// Writes attributes behind a head, in as many groups as it takes.
fn write<'a>(
    context: &Context,
    head_words: &[u64],
    attributes: impl Iterator<Item = (Key<'a>, Value<'a>)>,
    matters: bool,
) {
    if context.flags() & RECORDED == 0 {
        return;
    }
    let mut writer = Writer::new(head_words, matters);
    for (key, value) in attributes {
        writer.put(key, &value);
    }
    writer.finish();
}

/// Attributes that come one after another, behind a head.
pub(super) struct Writer {
    head: [u64; LONGEST_HEAD],
    words: usize,
    group: Group,
    matters: bool,
}

const LONGEST_HEAD: usize = 5;

impl Writer {
    fn new(head_words: &[u64], matters: bool) -> Writer {
        let mut head = [0; LONGEST_HEAD];
        head[..head_words.len()].copy_from_slice(head_words);
        Writer {
            head,
            words: head_words.len(),
            group: Group::new(head_words),
            matters,
        }
    }

    /// Attributes of a span, some of them by the keys of its site.
    pub(super) fn of_span(context: &Context, site: u32) -> Writer {
        Writer::new(&head(context, 0, site), false)
    }

    /// Attributes of an event that happens now.
    pub(super) fn of_event(context: &Context, number: u32) -> Writer {
        Writer::new(&event_head(context, number), false)
    }

    /// Writes one more. Groups that are full are recorded at once: all after the first go on with it.
    pub(super) fn put(&mut self, key: Key<'_>, value: &Value<'_>) {
        if !self.group.attribute(key, value) {
            self.record();
            self.group = Group::continued(&self.head[..self.words]);
            self.group.attribute(key, value);
        }
    }

    /// Records what has not been recorded.
    pub(super) fn finish(mut self) {
        self.record();
    }

    fn record(&mut self) {
        let time = self.head[4];
        local(|local| local.record(self.group.slots(), self.matters, time));
    }
}
