//! The exposition elsewhere: in servers of one's own, and in a file.

use std::net::SocketAddr;

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use obs::{Component, Counter, counter};
use obs_runtime::{Error, Runtime, test};
use obs_tests::{exposition, http};
use tokio::net::TcpListener;

use crate::{address, builder, turn};

static STEPS: Counter = counter!("elsewhere_steps_total", "Steps of these tests.");

fn without_server() -> Runtime {
    Runtime::builder().no_server().start().expect("it starts")
}

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port is free");
    let address = listener.local_addr().expect("it has an address");
    (listener, address)
}

async fn scrape(address: SocketAddr, path: &'static str) -> http::Answer {
    tokio::task::spawn_blocking(move || http::get(address, path, ""))
        .await
        .expect("it is answered")
}

/// Runs a future on an executor of its own, so that the turn is held by the thread and not by the future.
fn run<R>(future: impl Future<Output = R>) -> R {
    let executor = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    executor.expect("it starts").block_on(future)
}

#[test]
fn it_can_be_mounted_in_an_axum_server() {
    let _turn = turn();
    run(mount_in_axum());
}

async fn mount_in_axum() {
    let runtime = without_server();
    assert_eq!(runtime.address(), None);
    let app = axum::Router::new()
        .route("/", axum::routing::get(|| async { "mine" }))
        .merge(runtime.router());
    let (listener, address) = listen().await;
    tokio::spawn(async move { axum::serve(listener, app).await });
    assert_eq!(scrape(address, "/").await.body, "mine");
    let answer = scrape(address, "/metrics").await;
    exposition::text(&answer.body).expect("it is right");
    runtime.shutdown();
    let answer = scrape(address, "/metrics").await;
    assert_eq!(
        answer.status, 503,
        "once the runtime has stopped: {answer:?}"
    );
}

#[test]
fn it_can_be_mounted_in_a_hyper_server() {
    let _turn = turn();
    run(mount_in_hyper());
}

async fn mount_in_hyper() {
    let runtime = without_server();
    let router = runtime.router();
    let (listener, address) = listen().await;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = TowerToHyperService::new(router.clone());
            tokio::spawn(async move {
                let server = auto::Builder::new(TokioExecutor::new());
                let _ = server.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    let answer = scrape(address, "/metrics").await;
    exposition::text(&answer.body).expect("it is right");
}

#[test]
fn a_one_shot_job_leaves_a_file() {
    let _turn = turn();
    let component = Component::register("job");
    let runtime = without_server();
    component.scope(|| STEPS.inc_by(3));
    let directory = std::env::temp_dir().join(format!("obs-elsewhere-{}", std::process::id()));
    std::fs::create_dir_all(&directory).expect("there is room");
    let path = directory.join("job.prom");
    runtime.write(&path).expect("it is written");
    component.scope(|| STEPS.inc());
    runtime.write(&path).expect("it is replaced");
    let families = exposition::text(&std::fs::read_to_string(&path).expect("it is there"))
        .expect("it is right");
    let sample = (
        "elsewhere_steps_total".to_owned(),
        vec![("component".to_owned(), "job".to_owned())],
    );
    assert_eq!(families["elsewhere_steps_total"].samples[&sample], 4.0);
    let left = std::fs::read_dir(&directory).expect("it is there").count();
    assert_eq!(left, 1, "nothing unfinished is left");

    for nowhere in [
        directory.join("missing").join("job.prom"),
        directory.join(".."),
    ] {
        let error = runtime
            .write(&nowhere)
            .expect_err("there is no such directory");
        assert!(matches!(&error, Error::Write { .. }), "{error:?}");
        assert!(error.to_string().contains("cannot write"), "{error}");
    }
    std::fs::remove_dir_all(&directory).expect("it is ours");
}

#[test]
fn a_test_reads_only_its_own_component() {
    let _turn = turn();
    let (mine, other) = (Component::register("mine"), Component::register("other"));
    mine.scope(|| STEPS.inc_by(2));
    other.scope(|| STEPS.inc_by(40));
    assert_eq!(test::read(mine).counter("elsewhere_steps_total", &[]), 2);
    let runtime = builder().start().expect("it starts");
    mine.scope(|| STEPS.inc());
    assert_eq!(test::read(mine).counter("elsewhere_steps_total", &[]), 3);
    assert_eq!(http::get(address(&runtime), "/metricz", "").status, 404);
}
