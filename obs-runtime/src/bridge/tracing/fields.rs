//! What a span or an event says of itself: its fields, most of them attributes.

use std::fmt;

use obs::recorded::AttributeValue;
use obs::recorded::bridged::Attributes;
use obs::recorded::{Kind, Status};
use obs::recorded::{Value, Written};
use tracing::Event;
use tracing::field::{Field, Visit};

use super::callsite::Callsite;

/// What a field means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// An attribute.
    Plain,
    /// The name of the span.
    Name,
    /// The kind of the span.
    Kind,
    /// How the span went.
    StatusCode,
    /// What was wrong.
    StatusDescription,
    /// What was wrong, and an attribute.
    Error,
    /// What happened, and an attribute.
    Message,
    /// The target of what comes through `tracing-log`.
    LogTarget,
    /// Nothing that is recorded.
    Nothing,
}

impl Role {
    pub(super) fn in_span(field: &str) -> Role {
        match field {
            "otel.name" => Role::Name,
            "otel.kind" => Role::Kind,
            "otel.status_code" => Role::StatusCode,
            "otel.status_description" | "otel.status_message" => Role::StatusDescription,
            "error" => Role::Error,
            _ => Role::Plain,
        }
    }

    pub(super) fn in_event(field: &str, is_log: bool) -> Role {
        match field {
            "message" => Role::Message,
            "error" => Role::Error,
            "log.target" if is_log => Role::LogTarget,
            _ if is_log && field.starts_with("log.") => Role::Nothing,
            _ => Role::Plain,
        }
    }

    /// Whether it is needed before the span starts.
    pub(super) fn is_of_head(self) -> bool {
        matches!(self, Role::Name | Role::Kind)
    }
}

/// What the fields of a span said beside its attributes.
#[derive(Default)]
pub(super) struct Said {
    pub(super) name: Option<Written>,
    pub(super) kind: Option<Kind>,
    pub(super) status: Option<Status>,
    pub(super) has_failed: bool,
    /// What was wrong.
    pub(super) fault: Option<Written>,
}

/// Reads the fields of a span. Texts of `Debug` are only made where they are needed, and as far as they are recorded.
pub(super) struct OfSpan<'a> {
    callsite: &'static Callsite,
    /// Where attributes go; `None` where only what is needed before the span starts is read.
    attributes: Option<&'a mut Attributes>,
    said: Said,
}

impl<'a> OfSpan<'a> {
    /// Reads what is needed before the span starts.
    pub(super) fn head(callsite: &'static Callsite) -> OfSpan<'a> {
        OfSpan {
            callsite,
            attributes: None,
            said: Said::default(),
        }
    }

    /// Reads all of them, and writes attributes.
    pub(super) fn all(callsite: &'static Callsite, attributes: &'a mut Attributes) -> OfSpan<'a> {
        OfSpan {
            callsite,
            attributes: Some(attributes),
            said: Said::default(),
        }
    }

    pub(super) fn said(self) -> Said {
        self.said
    }

    fn is_read(&self, role: Role) -> bool {
        role.is_of_head() || self.attributes.is_some()
    }

    fn take(&mut self, field: &Field, role: Role, value: &Value<'_>) {
        match (role, value) {
            (Role::Name, Value::Text(name)) => self.said.name = Some(Written::display(name)),
            (Role::Kind, Value::Text(kind)) => self.said.kind = kind_of(kind).or(self.said.kind),
            (Role::StatusCode, Value::Text(code)) => {
                self.said.status = status_of(code).or(self.said.status);
            }
            (Role::StatusDescription, Value::Text(what)) => self.fail(Some(what)),
            (Role::Error, value) => {
                match value {
                    Value::Text(what) => self.fail(Some(what)),
                    Value::Bool(true) => self.fail(None),
                    _ => {}
                }
                self.put(field, value);
            }
            _ => self.put(field, value),
        }
    }

    fn fail(&mut self, what: Option<&str>) {
        self.said.has_failed = true;
        if let Some(what) = what {
            self.said.fault = Some(Written::display(&what));
        }
    }

    fn put(&mut self, field: &Field, value: &Value<'_>) {
        if let Some(attributes) = self.attributes.as_deref_mut() {
            put(
                attributes,
                self.callsite,
                field.index(),
                field.name(),
                value,
            );
        }
    }
}

/// Records an event: its level, what its fields say, its target. Returns what was wrong where its span fails with it.
pub(super) fn write_event(
    event: &Event<'_>,
    callsite: &'static Callsite,
    mut attributes: Attributes,
    fails: bool,
) -> Option<Written> {
    let [level, target] = callsite.event_keys();
    let mut visitor = OfEvent {
        callsite,
        attributes: &mut attributes,
        fails,
        message: None,
        error: None,
        has_target: false,
    };
    visitor.put(level, event.metadata().level().as_str());
    event.record(&mut visitor);
    if !visitor.has_target {
        visitor.put(target, event.metadata().target());
    }
    let fault = visitor.message.or(visitor.error);
    attributes.finish();
    fault
}

/// The text that was written.
pub(super) fn text(written: &Written) -> &str {
    match written.value() {
        Some(Value::Text(text)) => text,
        _ => "",
    }
}

/// Reads the fields of an event.
struct OfEvent<'a> {
    callsite: &'static Callsite,
    attributes: &'a mut Attributes,
    /// Whether its span fails with it: then it is kept what was wrong.
    fails: bool,
    message: Option<Written>,
    error: Option<Written>,
    has_target: bool,
}

impl<'a> OfEvent<'a> {
    fn is_read(&self, role: Role) -> bool {
        role != Role::Nothing
    }

    fn put(&mut self, (number, key): (usize, &str), text: &str) {
        put(
            self.attributes,
            self.callsite,
            number,
            key,
            &Value::Text(text),
        );
    }

    fn take(&mut self, field: &Field, role: Role, value: &Value<'_>) {
        match (role, value) {
            (Role::LogTarget, Value::Text(target)) => {
                let [_, key] = self.callsite.event_keys();
                self.put(key, target);
                self.has_target = true;
                return;
            }
            (Role::Message, Value::Text(what)) if self.fails => {
                self.message = Some(Written::display(what));
            }
            (Role::Error, Value::Text(what)) if self.fails => {
                self.error = Some(Written::display(what));
            }
            _ => {}
        }
        let (number, key) = (field.index(), field.name());
        put(self.attributes, self.callsite, number, key, value);
    }
}

fn put(
    attributes: &mut Attributes,
    callsite: &Callsite,
    number: usize,
    key: &str,
    value: &Value<'_>,
) {
    if callsite.has_keys() {
        attributes.put(number, key, value);
    } else {
        attributes.put_text(key, value);
    }
}

/// Visits each type of value, of fields that are read at all.
macro_rules! visits {
    ($($visitor:ident),+) => {$(
        impl Visit for $visitor<'_> {
            visits! { @each
                record_f64(f64): Float,
                record_i64(i64): Int,
                record_u64(u64): Unsigned,
                record_bool(bool): Bool,
                record_str(&str): Text,
            }

            fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
                let role = self.callsite.role(field);
                if self.is_read(role)
                    && let Some(value) = Written::debug(&value).value()
                {
                    self.take(field, role, &value);
                }
            }
        }
    )+};
    (@each $($record:ident($of:ty): $value:ident),+ $(,)?) => {$(
        #[inline]
        fn $record(&mut self, field: &Field, value: $of) {
            let role = self.callsite.role(field);
            if self.is_read(role) {
                self.take(field, role, &Value::$value(value));
            }
        }
    )+};
}

visits! { OfSpan, OfEvent }

fn kind_of(text: &str) -> Option<Kind> {
    let kinds = [
        ("server", Kind::Server),
        ("client", Kind::Client),
        ("producer", Kind::Producer),
        ("consumer", Kind::Consumer),
        ("internal", Kind::Internal),
    ];
    let mut kinds = kinds.into_iter();
    let (_, kind) = kinds.find(|(name, _)| text.eq_ignore_ascii_case(name))?;
    Some(kind)
}

fn status_of(text: &str) -> Option<Status> {
    let statuses = [("ok", Status::Ok), ("error", Status::Error)];
    let mut statuses = statuses.into_iter();
    let (_, status) = statuses.find(|(name, _)| text.eq_ignore_ascii_case(name))?;
    Some(status)
}
