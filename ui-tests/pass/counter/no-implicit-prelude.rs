//! Expansions name everything by its full path.
#![no_implicit_prelude]
#![forbid(unsafe_code)]
#![deny(warnings)]

#[derive(::std::clone::Clone, ::std::marker::Copy, ::obs::LabelValue)]
enum Kind {
    Short,
}

static JOBS: ::obs::Counter<Kind> =
    ::obs::counter!("jobs_total", "Jobs finished.", labels(kind: Kind, place = "here"));

#[::obs::instrumented(in_flight)]
fn work(number: u8) -> ::std::result::Result<u8, u8> {
    ::std::result::Result::Ok(number)
}

#[::obs::instrumented(name = "rest")]
async fn rest() {}

fn main() {
    JOBS.with(Kind::Short).inc();
    ::obs::gauge!("queue_length", "Jobs that wait.").set(1.0);
    ::obs::histogram!("wait_seconds", "Time in the queue.").observe_seconds(0.5);
    let _ = work(7);
    let _ = rest();
}
