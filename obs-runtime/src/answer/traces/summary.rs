//! A trace as it stands in a list, as wire types.

use std::sync::Arc;

use super::words;
use crate::api::traces as api;
use crate::query::traces::Summary;

/// A trace in a list.
pub fn summary(of: Summary) -> api::TraceSummary {
    let text = |name: Arc<str>| name.as_ref().to_owned();
    api::TraceSummary {
        id: of.id.to_string(),
        start_unix_ns: of.start_ns,
        duration_ns: of.duration_ns,
        operation: text(of.operation),
        component: of.component.map(text),
        status: words::status(of.status),
        failed: of.is_failed,
        spans: of.spans,
        components: of.components.into_iter().map(text).collect(),
        policy: words::policy(of.policy),
        weight: of.weight,
        incomplete: of.is_incomplete,
        own_ns: of.own_ns,
    }
}
