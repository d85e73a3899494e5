//! One connection: its requests one after the other, each within its limits.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::header::{CONNECTION, CONTENT_TYPE};
use axum::http::{Request, Response, StatusCode};
use axum::response::IntoResponse;
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::sleep_until;

use super::Limits;
use super::linger::drain;
use super::phase::{Answer, Ended, Progress};
use super::stream::Watched;
use crate::serve::connections::{Ending, Refusal};

/// What a request with a body is answered with.
const BODY: &str = "requests have no body here\n";

/// Answers requests until the client, a limit or `stop` ends the connection, and counts how it ended.
pub(super) async fn serve(
    stream: TcpStream,
    router: Router,
    limits: Limits,
    Ended(progress): &Ended,
    mut stop: watch::Receiver<bool>,
) {
    // A delayed last packet costs a scraper 40 ms; a connection that refuses the option works all the same.
    let _ = stream.set_nodelay(true);
    let stream = Watched::new(stream, progress.clone(), limits.stall);
    let router = TowerToHyperService::new(router);
    let service = service_fn(|request| respond(request, &router, progress));
    let mut served = http1::Builder::new()
        // The limits here tell a header that is late from a connection that idles.
        .header_read_timeout(None)
        .max_buf_size(limits.header_bytes)
        .serve_connection(TokioIo::new(stream), service);
    let ended = tokio::select! {
        // The deadline is looked at after everything that can move it.
        biased;
        ended = &mut served => Some(ended),
        reason = overdue(progress, &limits) => {
            reason.into_iter().for_each(|reason| progress.refuse(reason));
            None
        }
        () = stopped(&mut stop) => {
            progress.stop();
            Pin::new(&mut served).graceful_shutdown();
            Some((&mut served).await)
        }
    };
    if let Some(Err(error)) = &ended {
        let reason = reason(error);
        reason
            .into_iter()
            .for_each(|reason| progress.refuse(reason));
    }
    let stream = served.into_parts().io.into_inner().into_inner();
    match progress.end() {
        // What its client would never read must not stay in the system's buffers.
        Ending::Refused(Refusal::Stalled | Refusal::Slow) => drop(stream.set_zero_linger()),
        Ending::Answered | Ending::Refused(_) if ended.is_some() => {
            linger(&stream, progress, &limits, &mut stop).await;
        }
        // It has nothing to see that it has not seen.
        _ => {}
    }
}

/// Waits until the client has seen what it was told, but not for long, and not at all while the runtime ends.
async fn linger(
    stream: &TcpStream,
    progress: &Progress,
    limits: &Limits,
    stop: &mut watch::Receiver<bool>,
) {
    progress.linger();
    tokio::select! {
        biased;
        () = drain(stream) => {}
        _ = overdue(progress, limits) => {}
        () = stopped(stop) => {}
    }
}

/// What a failed connection was refused for; one that the client broke off was not.
fn reason(error: &hyper::Error) -> Option<Refusal> {
    match error {
        _ if error.is_parse_too_large() => Some(Refusal::HeaderLarge),
        _ if error.is_parse() => Some(Refusal::Malformed),
        _ => None,
    }
}

/// Ready when what the connection is doing has taken too long, with what to blame it for.
async fn overdue(progress: &Progress, limits: &Limits) -> Option<Refusal> {
    let (deadline, _) = progress.deadline(limits);
    let mut sleep = pin!(sleep_until(deadline));
    // Polled whenever the connection is: whatever it does, the deadline is then that of the new phase.
    poll_fn(|context| {
        let (deadline, reason) = progress.deadline(limits);
        if sleep.deadline() != deadline {
            sleep.as_mut().reset(deadline);
        }
        sleep.as_mut().poll(context).map(|()| reason)
    })
    .await
}

/// Ready when `stop` becomes true or its sender is gone.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    // What it borrows of the channel must not be held while the connection ends.
    drop(stop.wait_for(|stop| *stop).await);
}

/// Lets the router answer, but for a request with a body.
fn respond(
    request: Request<Incoming>,
    router: &TowerToHyperService<Router>,
    progress: &Progress,
) -> impl Future<Output = Result<Response<Answering>, std::convert::Infallible>> + use<> {
    let answer = progress.answer();
    let has_body = !request.body().is_end_stream();
    let answered = (!has_body).then(|| router.call(request));
    if has_body {
        progress.refuse(Refusal::Body);
    }
    async move {
        let response = match answered {
            Some(answered) => answered.await?,
            None => refuse_body(),
        };
        Ok(response.map(|body| Answering {
            body,
            _answer: answer,
        }))
    }
}

fn refuse_body() -> Response<Body> {
    let headers = [
        (CONNECTION, "close"),
        (CONTENT_TYPE, "text/plain; charset=utf-8"),
    ];
    (StatusCode::PAYLOAD_TOO_LARGE, headers, BODY).into_response()
}

/// The body of an answer, which is being given until it is dropped.
#[derive(Debug)]
struct Answering {
    body: Body,
    _answer: Answer,
}

impl http_body::Body for Answering {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
