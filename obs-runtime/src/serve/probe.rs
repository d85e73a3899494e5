//! Whether the runtime itself is well: `/livez` and `/readyz`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::model::Snapshots;

/// By how much a merge may be late before the runtime is not ready: on top of the time between two of them. More lets
/// a busy machine pass, less finds a merge that hangs earlier.
pub(crate) const MERGE_GRACE: Duration = Duration::from_secs(10);

/// What the probes look at.
#[derive(Debug, Clone)]
struct Probes {
    snapshots: Arc<Snapshots>,
    /// How old the last merge may be.
    most_age: Duration,
}

/// Returns the routes of the probes; a merge is due after each `tick`.
pub(crate) fn routes(snapshots: Arc<Snapshots>, tick: Duration) -> Router {
    let most_age = tick.saturating_add(MERGE_GRACE);
    Router::new()
        .route("/livez", get(live))
        .route("/readyz", get(ready))
        .with_state(Probes {
            snapshots,
            most_age,
        })
}

/// Whoever gets this has been answered by the serving thread, which is all there is to know.
async fn live(uri: Uri) -> Response {
    answer("livez", &uri, &[("serve", Ok(()))])
}

async fn ready(State(probes): State<Probes>, uri: Uri) -> Response {
    let merge = probes.merge(Instant::now());
    answer("readyz", &uri, &[("serve", Ok(())), ("merge", merge)])
}

impl Probes {
    /// What is wrong with the last merge.
    fn merge(&self, now: Instant) -> Result<(), String> {
        let limit = self.most_age.as_secs_f64();
        match self.snapshots.age(now) {
            None => Err("nothing has been merged, or nothing will be any more".to_owned()),
            Some(age) if age > self.most_age => Err(format!(
                "the last merge ended {:.1} s ago, which is more than {limit:.1} s",
                age.as_secs_f64()
            )),
            Some(_) => Ok(()),
        }
    }
}

/// Answers 200 or 503; what is wrong is always said, what is right where `?verbose` asks for it.
fn answer(probe: &str, uri: &Uri, checks: &[(&str, Result<(), String>)]) -> Response {
    let verbose = uri.query().is_some_and(is_verbose);
    let well = checks.iter().all(|(_, result)| result.is_ok());
    let mut said = String::new();
    for (check, result) in checks {
        match result {
            Ok(()) if verbose => said += &format!("[+] {check}: ok\n"),
            Ok(()) => {}
            Err(reason) => said += &format!("[-] {check}: {reason}\n"),
        }
    }
    said += &match (verbose, well) {
        (false, true) => "ok\n".to_owned(),
        (true, true) => format!("{probe}: passed\n"),
        (_, false) => format!("{probe}: failed\n"),
    };
    let status = match well {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, said).into_response()
}

fn is_verbose(query: &str) -> bool {
    let mut parameters = form_urlencoded::parse(query.as_bytes());
    parameters.any(|(key, _)| key == "verbose")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Snapshot;
    use crate::model::fixture::at;

    fn text(response: Response) -> (u16, String) {
        let status = response.status().as_u16();
        let executor = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let body = axum::body::to_bytes(response.into_body(), 4096);
        let body = executor.block_on(body).unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    fn probe(checks: &[(&str, Result<(), String>)], uri: &str) -> (u16, String) {
        text(answer("readyz", &uri.parse().unwrap(), checks))
    }

    #[test]
    fn what_is_wrong_is_said_and_what_is_right_when_asked_for() {
        let well = [("serve", Ok(())), ("merge", Ok(()))];
        assert_eq!(probe(&well, "/readyz"), (200, "ok\n".to_owned()));
        assert_eq!(
            probe(&well, "/readyz?x=1&verbose"),
            (
                200,
                "[+] serve: ok\n[+] merge: ok\nreadyz: passed\n".to_owned()
            )
        );
        let ill = [("serve", Ok(())), ("merge", Err("it hangs".to_owned()))];
        assert_eq!(
            probe(&ill, "/readyz"),
            (503, "[-] merge: it hangs\nreadyz: failed\n".to_owned())
        );
        assert_eq!(
            probe(&ill, "/readyz?verbose"),
            (
                503,
                "[+] serve: ok\n[-] merge: it hangs\nreadyz: failed\n".to_owned()
            )
        );
    }

    #[test]
    fn a_merge_must_have_ended_lately() {
        let snapshots = Arc::new(Snapshots::new(Snapshot::empty(at(0))));
        let probes = Probes {
            snapshots: snapshots.clone(),
            most_age: Duration::from_secs(11),
        };
        let now = Instant::now();
        assert!(probes.merge(now).unwrap_err().contains("nothing"));
        snapshots.begin(Duration::ZERO);
        snapshots.publish(Arc::new(Snapshot::empty(at(1))), now);
        assert_eq!(probes.merge(now + Duration::from_secs(11)), Ok(()));
        let late = probes.merge(now + Duration::from_millis(11_500));
        assert!(late.unwrap_err().contains("11.5 s ago"));
        snapshots.close();
        assert!(probes.merge(now).is_err(), "the merging thread is gone");
    }
}
