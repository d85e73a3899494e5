//! Words of the model, as those of the wire.

use crate::api::traces as api;
use crate::evaluate::critical_path::{self, Class};
use crate::model::trace::{Attribute, Edge, Kind, Policy, Status, Value};

pub(super) fn kind(kind: Kind) -> api::SpanKind {
    match kind {
        Kind::Internal => api::SpanKind::Internal,
        Kind::Server => api::SpanKind::Server,
        Kind::Client => api::SpanKind::Client,
        Kind::Producer => api::SpanKind::Producer,
        Kind::Consumer => api::SpanKind::Consumer,
    }
}

pub(super) fn edge(edge: Edge) -> api::Edge {
    match edge {
        Edge::Call => api::Edge::Call,
        Edge::Detached => api::Edge::Detached,
        Edge::Queue => api::Edge::Queue,
    }
}

pub(super) fn status(status: Status) -> api::Status {
    match status {
        Status::Unset => api::Status::Unset,
        Status::Ok => api::Status::Ok,
        Status::Error => api::Status::Error,
        Status::Panicked => api::Status::Panicked,
        Status::Cancelled => api::Status::Cancelled,
    }
}

pub(super) fn policy(policy: Policy) -> api::Policy {
    match policy {
        Policy::Forced => api::Policy::Forced,
        Policy::Error => api::Policy::Error,
        Policy::Slow => api::Policy::Slow,
        Policy::Rare => api::Policy::Rare,
        Policy::Baseline => api::Policy::Baseline,
        Policy::Imported => api::Policy::Imported,
    }
}

pub(super) fn class(class: Class) -> api::Class {
    match class {
        Class::Run => api::Class::Run,
        Class::Wait => api::Class::Wait,
        Class::Queue => api::Class::Queue,
        Class::Overlap => api::Class::Overlap,
        Class::Gap => api::Class::Gap,
        Class::Open => api::Class::Open,
    }
}

pub(super) fn waiting(policy: critical_path::Policy) -> api::Waiting {
    match policy {
        critical_path::Policy::Detach => api::Waiting::Detach,
        critical_path::Policy::Clamp => api::Waiting::Clamp,
    }
}

/// Sums of nanoseconds by class; what is more than 500 years is as long as that.
pub(super) fn by_class(of: impl Fn(Class) -> u128) -> api::ByClass {
    api::ByClass {
        run_ns: whole(of(Class::Run)),
        wait_ns: whole(of(Class::Wait)),
        queue_ns: whole(of(Class::Queue)),
        overlap_ns: whole(of(Class::Overlap)),
        gap_ns: whole(of(Class::Gap)),
        open_ns: whole(of(Class::Open)),
    }
}

/// A sum as it travels.
pub(super) fn whole(sum: u128) -> u64 {
    u64::try_from(sum).unwrap_or(u64::MAX)
}

pub(super) fn attributes(attributes: &[Attribute]) -> Vec<api::Attribute> {
    let wire = |attribute: &Attribute| api::Attribute {
        key: attribute.key.as_ref().to_owned(),
        value: value(&attribute.value),
    };
    attributes.iter().map(wire).collect()
}

fn value(of: &Value) -> api::AttributeValue {
    match of {
        Value::Text(text) => api::AttributeValue::Text(text.clone()),
        Value::Bool(yes) => api::AttributeValue::Bool(*yes),
        Value::Int(number) => api::AttributeValue::Int(*number),
        Value::Float(number) => api::AttributeValue::Float(*number),
        Value::List(values) => api::AttributeValue::List(values.iter().map(value).collect()),
        Value::Map(values) => {
            let pair = |(key, of): &(String, Value)| (key.clone(), value(of));
            api::AttributeValue::Map(values.iter().map(pair).collect())
        }
        Value::Bytes(_) => api::AttributeValue::Bytes(of.to_string()),
        Value::Empty => api::AttributeValue::Empty(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_the_same_on_the_wire() {
        for of in Policy::ALL {
            assert_eq!(policy(of).name(), of.name());
        }
        for of in Class::ALL {
            assert_eq!(class(of).name(), of.name());
        }
        let statuses = [
            Status::Unset,
            Status::Ok,
            Status::Error,
            Status::Panicked,
            Status::Cancelled,
        ];
        for of in statuses {
            assert_eq!(status(of).name(), of.name());
            assert_eq!(status(of).is_failure(), of.is_failure());
        }
        for of in [Edge::Call, Edge::Detached, Edge::Queue] {
            assert_eq!(edge(of).name(), of.name());
        }
        let kinds = [
            Kind::Internal,
            Kind::Server,
            Kind::Client,
            Kind::Producer,
            Kind::Consumer,
        ];
        for of in kinds {
            assert_eq!(kind(of).name(), of.name());
        }
    }
}
