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
    let now = Stopwatch::start();
    let flags = if now.is_monotonic() {
        group::MONOTONIC
    } else {
        0
    };
    let [trace_high, trace_low] = context.trace;
    let head = [
        group::first(group::EVENT, flags | origin(context), number),
        trace_high,
        trace_low,
        context.span,
        now.reading(),
    ];
    write(context, &head, numbered(values), false);
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

/// Writes attributes behind a head, in as many groups as it takes: all after the first are groups of attributes.
fn write<'a>(
    context: &Context,
    head_words: &[u64],
    attributes: impl Iterator<Item = (Key<'a>, Value<'a>)>,
    matters: bool,
) {
    if context.flags() & RECORDED == 0 {
        return;
    }
    let time = head_words.get(4).copied().unwrap_or(0);
    let mut group = Group::new(head_words);
    for (key, value) in attributes {
        if !group.attribute(key, &value) {
            local(|local| local.record(group.slots(), matters, time));
            group = Group::continued(head_words);
            group.attribute(key, &value);
        }
    }
    local(|local| local.record(group.slots(), matters, time));
}
