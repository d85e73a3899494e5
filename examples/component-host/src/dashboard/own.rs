//! What the host knows of itself, as the dashboard asks for it.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Result, anyhow};
use obs_cli::dashboard::{Source, TraceFormat, TraceQuestion};
use obs_runtime::answer::traces as answer;
use obs_runtime::api::Snapshot;
use obs_runtime::api::traces::{Bottlenecks, OpenSpans, Trace, TraceList};
use obs_runtime::model::{Snapshots, Stopped};
use obs_runtime::query::traces::Search;
use obs_runtime::{NoTrace, Runtime, TraceReader};

/// How many open spans are told, the oldest first.
const MOST_OPEN: usize = 10_000;

/// How many operations and call paths are told, those with the most time first.
const MOST_BOTTLENECKS: usize = 100;

/// The process's own numbers and traces.
pub(super) struct Own {
    snapshots: Arc<Snapshots>,
    traces: Option<TraceReader>,
}

impl Own {
    /// Those that a runtime collects.
    pub(super) fn of(obs: &Runtime) -> Own {
        Own {
            snapshots: obs.snapshots(),
            traces: obs.traces(),
        }
    }

    fn reader(&self) -> Result<&TraceReader> {
        let reader = self.traces.as_ref();
        reader.ok_or_else(|| anyhow!("this host records no traces: it was started without them"))
    }
}

impl Source for Own {
    fn snapshot(&mut self) -> Result<Snapshot> {
        let fresh = self.snapshots.fresh_blocking().map_err(stopped)?;
        Ok(Snapshot::from(&*fresh))
    }

    fn traces(&mut self, question: &TraceQuestion) -> Result<TraceList> {
        let after = question.after.as_deref();
        let search = Search {
            query: question.query.parse()?,
            order: answer::order(&question.order)?,
            limit: question.limit,
            after: after.map(str::parse).transpose()?,
            ..Search::default()
        };
        let found = self.reader()?.search(&search).map_err(stopped)?;
        Ok(answer::list(&search, found, now_unix_ns()))
    }

    fn trace(&mut self, id: &str) -> Result<Trace> {
        let whole = self.reader()?.get(id).map_err(no_trace)?;
        Ok(answer::whole(&whole, None, now_unix_ns()))
    }

    fn export(&mut self, id: &str, format: TraceFormat) -> Result<Vec<u8>> {
        let whole = self.reader()?.get(id).map_err(no_trace)?;
        let exported = answer::Exported {
            trace: &whole.trace,
            service: super::NAME,
            root: None,
        };
        let mut file = Vec::new();
        answer::write(&mut file, format, &[exported])?;
        Ok(file)
    }

    fn open_spans(&mut self) -> Result<OpenSpans> {
        let open = self.reader()?.open().map_err(stopped)?;
        Ok(answer::open(&open, MOST_OPEN))
    }

    fn bottlenecks(&mut self, root: Option<&str>) -> Result<Bottlenecks> {
        let profile = self.reader()?.profile().map_err(stopped)?;
        let now = now_unix_ns();
        Ok(answer::bottlenecks(&profile, root, MOST_BOTTLENECKS, now))
    }
}

fn stopped(_: Stopped) -> anyhow::Error {
    anyhow!("obs has stopped: these are its last numbers")
}

fn no_trace(why: NoTrace) -> anyhow::Error {
    match why {
        NoTrace::Stopped => stopped(Stopped),
        why => why.into(),
    }
}

fn now_unix_ns() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
    })
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use obs_runtime::api::traces::{CallPath, Critical, Hotspot, OpenSpan};
    use obs_runtime::formats::otlp;
    use obs_tests::http;

    use super::*;

    /// A runtime that has seen a request of two steps, the id of its trace, and what is asked about it without a server in between.
    fn asked() -> (Runtime, SocketAddr, String, Own) {
        let builder = Runtime::builder().listen(([127, 0, 0, 1], 0));
        let obs = builder.start().expect("it starts");
        let address = obs.address().expect("it serves");
        let request = obs::span!("own.request", kind = server, user = "ann b");
        request.keep_trace();
        let id = format!("{:032x}", request.context().trace_id());
        drop(obs::span!("own.step"));
        obs::span!("own.step", rows = 3).error("no room");
        drop(request);
        obs.traces().expect("traces are on").look();
        let own = Own::of(&obs);
        (obs, address, id, own)
    }

    fn body(address: SocketAddr, path: &str) -> String {
        let answer = http::get(address, &format!("/api/obs/v1/{path}"), "");
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    }

    #[test]
    fn traces_are_what_the_server_says_they_are() {
        let _turn = obs_tests::turn();
        let (_obs, address, id, mut own) = asked();
        let question = TraceQuestion {
            query: "root:own.request err".to_owned(),
            order: "own:own.step".to_owned(),
            ..TraceQuestion::default()
        };
        let list = own.traces(&question).expect("it is answered");
        let served = body(address, "traces?q=root:own.request+err&order=own:own.step");
        let served: TraceList = serde_json::from_str(&served).expect("it is a list");
        assert_eq!((&list.query, &list.order), (&served.query, &served.order));
        assert_eq!((list.traces.len(), &list.traces), (1, &served.traces));

        let whole = own.trace(&id[..12]).expect("it is answered");
        let served = body(address, &format!("traces/{id}"));
        let served: Trace = serde_json::from_str(&served).expect("it is a trace");
        let now_unix_ns = whole.now_unix_ns;
        assert_eq!(
            whole,
            Trace {
                now_unix_ns,
                ..served
            }
        );
        assert!(now_unix_ns > whole.start_unix_ns);
        assert!(
            !whole.threads.is_empty(),
            "threads of this process have names"
        );
    }

    #[test]
    fn files_are_what_the_server_hands_out() {
        let _turn = obs_tests::turn();
        let (obs, address, id, mut own) = asked();
        for format in [TraceFormat::Chrome, TraceFormat::Folded] {
            let file = own.export(&id, format).expect("it is written");
            let served = body(address, &format!("traces/{id}?format={}", format.name()));
            assert_eq!(String::from_utf8_lossy(&file), served);
        }
        let file = own.export(&id, TraceFormat::Otlp).expect("it is written");
        let read = otlp::read(&*file).expect("it can be read");
        let kept = obs.traces().expect("traces are on").get(&id);
        assert_eq!(read.traces[0].trace, *kept.expect("it is kept").trace);
        assert_eq!(&*read.traces[0].service, "component-host");
    }

    #[test]
    fn what_is_open_and_where_time_goes_is_what_the_server_says() {
        let _turn = obs_tests::turn();
        let (obs, address, _, mut own) = asked();
        let open = obs::span!("own.open");
        // Until the collector has looked, nobody knows what a span is called that is the first of its kind.
        obs.traces().expect("traces are on").look();
        let of_test = |mut open: OpenSpans| {
            open.spans.retain(|span| span.operation == "own.open");
            open.spans.pop().expect("it is open")
        };
        let span = of_test(own.open_spans().expect("it is answered"));
        let served = serde_json::from_str(&body(address, "open")).expect("it is what is open");
        let served = of_test(served);
        // Each answer reads the clock anew.
        let served = OpenSpan {
            age_ns: span.age_ns,
            start_unix_ns: span.start_unix_ns,
            ..served
        };
        assert_eq!(span, served);
        drop(open);

        let all = own
            .bottlenecks(Some("own.request"))
            .expect("it is answered");
        let served = body(address, "bottlenecks?root=own.request");
        let served: Bottlenecks = serde_json::from_str(&served).expect("they are bottlenecks");
        let critical = |of: &[Hotspot]| -> Vec<Critical> {
            of.iter().map(|hotspot| hotspot.critical.clone()).collect()
        };
        let paths: Vec<CallPath> = all.paths;
        // Each place that makes a span is an operation of its own.
        assert_eq!((paths.len(), &paths), (3, &served.paths));
        assert_eq!(critical(&all.operations), critical(&served.operations));
    }

    #[test]
    fn what_cannot_be_answered_says_why() {
        let _turn = obs_tests::turn();
        let (obs, _, _, mut own) = asked();
        let question = |query: &str| TraceQuestion {
            query: query.to_owned(),
            ..TraceQuestion::default()
        };
        let said = |error: anyhow::Error| error.to_string();
        let faulty = own.traces(&question("op:a dru>5ms")).map_err(said);
        assert!(faulty.is_err_and(|said| said.contains("column 6") && said.contains("`dur`")));
        let nobody = own.trace("ffffffff").map_err(said);
        assert!(nobody.is_err_and(|said| said.contains("no trace with this id")));
        obs.shutdown();
        let ended = own.traces(&question("")).map_err(said);
        assert!(ended.is_err_and(|said| said.contains("obs has stopped")));
        let builder = Runtime::builder().no_server().no_traces();
        let off = builder.start().expect("it starts");
        let none = Own::of(&off).open_spans().map_err(said);
        assert!(none.is_err_and(|said| said.contains("records no traces")));
    }
}
