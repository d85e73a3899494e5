//! The traces that a host has left in its data directory, read as any other process would.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use obs_runtime::evaluate::critical_path::{Class, Options, analyse};
use obs_runtime::model::trace::{Kind, Span, Status, Trace};
use obs_runtime::query::traces::{Received, Search};
use obs_runtime::store::Database;
use obs_runtime::store::traces::{Retention, Traces};

use crate::Outcome;

/// What a host has kept.
pub(crate) struct Stored {
    traces: Traces,
    now_ns: u64,
}

impl Stored {
    pub(crate) fn in_directory(directory: &Path) -> Result<Self, Box<dyn Error>> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
        let now_ns = u64::try_from(now.as_nanos())?;
        let database = Arc::new(Database::view(directory)?);
        Ok(Self {
            traces: Traces::new(Retention::default(), Some(database), now_ns),
            now_ns,
        })
    }

    /// The first trace that answers a query.
    fn one(&self, query: &str) -> Result<Arc<Trace>, Box<dyn Error>> {
        let search = Search {
            query: query.parse()?,
            ..Search::default()
        };
        let found = search.run(&self.traces, Received::default(), self.now_ns);
        let first = found.traces.first().ok_or(format!("nothing is {query}"))?;
        let trace = self.traces.get(first.id)?;
        trace.ok_or_else(|| "what was found is there".into())
    }

    pub(crate) fn a_file_is_one_trace_through_four_components(&self) -> Outcome {
        let trace = self.one("root:request.file op:storage.set comp:relay !err")?;
        let root = only(&trace, "request.file", None)?;
        assert_eq!((root.kind, root.parent), (Kind::Server, None));
        for component in ["file", "hash", "store", "relay"] {
            let inside = Some(component);
            let message = only(&trace, "message", inside)?;
            let queue = only(&trace, "queue", inside)?;
            let call = only(&trace, "guest_call", inside)?;
            assert_eq!(
                (message.parent, queue.parent),
                (Some(root.id), Some(root.id))
            );
            assert_eq!(call.parent, Some(message.id));
            assert!(queue.end_ns <= message.start_ns + 1 && message.end_ns <= root.end_ns);
            assert!(call.polls > 0 && call.busy_ns.is_some());
        }
        for (operation, component) in [
            ("filesystem.read", "file"),
            ("storage.get", "store"),
            ("storage.set", "store"),
            ("broker.publish", "relay"),
        ] {
            let done = only(&trace, operation, Some(component))?;
            let host = of(&trace, done.parent)?;
            assert_eq!(host.operation.as_ref(), "host_call");
            let call = only(&trace, "guest_call", Some(component))?;
            assert_eq!(host.parent, Some(call.id), "{operation}");
        }
        let path = analyse(&trace, None, &Options::of(&trace));
        let whole: u64 = path.segments.iter().map(|part| part.duration_ns()).sum();
        assert_eq!(whole, root.duration_ns());
        let class = |operation: &str, class| {
            path.segments.iter().any(|part| {
                let span = trace.spans.get(part.node as usize);
                part.class == class && span.is_some_and(|span| &*span.operation == operation)
            })
        };
        assert!(class("queue", Class::Queue) && class("storage.set", Class::Run));
        Ok(())
    }

    pub(crate) fn a_restart_tells_what_failed(&self) -> Outcome {
        let trace = self.one("root:lifecycle.restart comp:flaky attr.error~crashed")?;
        let restart = only(&trace, "lifecycle.restart", Some("flaky"))?;
        assert_eq!(restart.links.len(), 1);
        let start = only(&trace, "lifecycle.start", Some("flaky"))?;
        assert_eq!(start.parent, Some(restart.id));
        let instance = only(&trace, "wasm.instantiate", Some("flaky"))?;
        assert_eq!(instance.parent, Some(start.id));
        let died = self.one("root:request.flaky span{op:message status:panicked}")?;
        let message = only(&died, "message", Some("flaky"))?;
        assert_eq!(message.status, Status::Panicked);
        Ok(())
    }

    pub(crate) fn an_answer_that_did_not_come_is_an_error(&self) -> Outcome {
        let trace = self.one("root:request.ask comp:shell err")?;
        let request = only(&trace, "request", Some("echo"))?;
        assert_eq!(request.status, Status::Error);
        let message = only(&trace, "message", Some("shell"))?;
        assert_eq!(message.parent, Some(request.id));
        only(&trace, "process.kill", Some("shell"))?;
        Ok(())
    }
}

/// The only span of an operation in a component.
fn only<'a>(
    trace: &'a Trace,
    operation: &str,
    component: Option<&str>,
) -> Result<&'a Span, Box<dyn Error>> {
    let mut found = trace.spans.iter().filter(|span| {
        let there = component.is_none() || span.component.as_deref() == component;
        &*span.operation == operation && there
    });
    match (found.next(), found.next()) {
        (Some(span), None) => Ok(span),
        _ => Err(format!("not one {operation} in {component:?}: {trace:#?}").into()),
    }
}

/// The span of an id.
fn of(
    trace: &Trace,
    id: Option<obs_runtime::model::trace::SpanId>,
) -> Result<&Span, Box<dyn Error>> {
    let found = trace.spans.iter().find(|span| Some(span.id) == id);
    found.ok_or_else(|| "the parent is there".into())
}
