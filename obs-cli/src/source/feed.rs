//! The thread that asks a source, so that a slow one never blocks a key.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use obs_runtime::api::Snapshot;

use super::{Answer, Question, Source};

/// How long a source that is being asked when the dashboard ends may still take.
const GRACE: Duration = Duration::from_secs(1);

/// What a source has answered.
#[derive(Debug)]
pub(crate) enum Arrival {
    /// What was recorded, asked for once per interval.
    Snapshot(Result<Snapshot>),
    /// What was answered to a question.
    Answer(Question, Result<Answer>),
}

/// A source on a thread of its own, asked for a snapshot once per interval, and whatever else is to be known in between.
pub(crate) struct Feed {
    arrivals: Receiver<Arrival>,
    /// Dropped to end the thread.
    questions: Sender<Question>,
}

impl Feed {
    /// Starts asking.
    pub(crate) fn start(source: impl Source + 'static, interval: Duration) -> Result<Feed> {
        // Room for one: a source that is faster than the screen waits.
        let (to, arrivals) = mpsc::sync_channel(1);
        let (questions, asked) = mpsc::channel();
        thread::Builder::new()
            .name("obs-cli-source".to_owned())
            .spawn(move || ask(source, interval, &to, &asked))
            .context("cannot start the thread that takes snapshots")?;
        Ok(Feed {
            arrivals,
            questions,
        })
    }

    /// What has come since the last call, if anything.
    pub(crate) fn arrival(&mut self) -> Option<Arrival> {
        self.arrivals.try_recv().ok()
    }

    /// Asks a question; its answer comes as an arrival, unless the source has gone.
    pub(crate) fn ask(&mut self, question: Question) {
        let _ = self.questions.send(question);
    }

    /// Ends the thread, waiting for an answer under way at most [`GRACE`].
    pub(crate) fn end(self) {
        let Feed {
            arrivals,
            questions,
        } = self;
        drop(questions);
        let deadline = Instant::now() + GRACE;
        while arrivals
            .recv_timeout(deadline.saturating_duration_since(Instant::now()))
            .is_ok()
        {}
    }
}

fn ask(
    mut source: impl Source,
    interval: Duration,
    to: &SyncSender<Arrival>,
    asked: &Receiver<Question>,
) {
    loop {
        let snapshot = calmly(|| source.snapshot());
        if to.send(Arrival::Snapshot(snapshot)).is_err() {
            return;
        }
        let next = Instant::now() + interval;
        loop {
            match asked.recv_timeout(next.saturating_duration_since(Instant::now())) {
                Ok(question) => {
                    let answer = calmly(|| question.ask(&mut source));
                    if to.send(Arrival::Answer(question, answer)).is_err() {
                        return;
                    }
                }
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }
}

/// An answer, or the panic in its place. The source is asked again after one: what it left behind is its own business, as
/// with any error.
fn calmly<T>(answer: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(answer)).unwrap_or_else(|panic| Err(in_words(&*panic)))
}

fn in_words(panic: &(dyn Any + Send)) -> anyhow::Error {
    let message = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    anyhow!("the source panicked: {}", message.unwrap_or("(no message)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Script(Vec<fn() -> Result<Snapshot>>);

    impl Source for Script {
        fn snapshot(&mut self) -> Result<Snapshot> {
            self.0
                .pop()
                .map_or_else(|| Ok(Snapshot::default()), |step| step())
        }
    }

    #[test]
    fn source_is_asked_again_after_error_and_panic() {
        let steps: Vec<fn() -> Result<Snapshot>> =
            vec![|| panic!("boom"), || Err(anyhow!("refused"))];
        let feed = Feed::start(Script(steps), Duration::ZERO).expect("a thread can be started");
        let next = || {
            let arrival = feed.arrivals.recv_timeout(Duration::from_secs(10));
            match arrival.expect("an answer comes") {
                Arrival::Snapshot(answer) => answer,
                Arrival::Answer(question, _) => panic!("nobody asked {question:?}"),
            }
        };
        assert_eq!(
            next().expect_err("the first step fails").to_string(),
            "refused"
        );
        assert_eq!(
            next().expect_err("the second step panics").to_string(),
            "the source panicked: boom"
        );
        assert_eq!(next().expect("then it works"), Snapshot::default());
    }

    #[test]
    fn end_interrupts_the_pause_between_two_snapshots() {
        let mut feed = Feed::start(Script(Vec::new()), Duration::from_secs(3600))
            .expect("a thread can be started");
        let began = Instant::now();
        while feed.arrival().is_none() {
            thread::yield_now();
        }
        feed.end();
        assert!(began.elapsed() < Duration::from_secs(60));
    }

    #[test]
    fn questions_are_answered_between_two_snapshots() {
        let mut feed = Feed::start(Script(Vec::new()), Duration::from_secs(3600))
            .expect("a thread can be started");
        feed.ask(Question::Trace("4bf9".to_owned()));
        let patience = Duration::from_secs(10);
        let first = feed.arrivals.recv_timeout(patience).expect("a snapshot");
        assert!(matches!(first, Arrival::Snapshot(Ok(_))));
        let second = feed.arrivals.recv_timeout(patience).expect("an answer");
        let Arrival::Answer(Question::Trace(id), Err(error)) = second else {
            panic!("{second:?}");
        };
        assert_eq!(id, "4bf9");
        assert!(error.to_string().contains("no traces here"), "{error}");
        feed.end();
    }
}
