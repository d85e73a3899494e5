//! Where snapshots come from, and the thread that fetches them so that a slow source never blocks a key.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use obs_runtime::api::Snapshot;

/// Where a dashboard gets its snapshots.
pub trait Source: Send {
    /// Takes a snapshot.
    ///
    /// # Errors
    ///
    /// None can be had just now. The message is shown to the operator, and the source is asked again.
    fn snapshot(&mut self) -> Result<Snapshot>;
}

/// How long a source that is being asked when the dashboard ends may still take.
const GRACE: Duration = Duration::from_secs(1);

/// A source on a thread of its own, asked once per interval.
pub(crate) struct Feed {
    arrivals: Receiver<Result<Snapshot>>,
    /// Dropped to end the thread.
    going: Sender<()>,
}

impl Feed {
    /// Starts asking.
    pub(crate) fn start(source: impl Source + 'static, interval: Duration) -> Result<Feed> {
        // Room for one: a source that is faster than the screen waits.
        let (to, arrivals) = mpsc::sync_channel(1);
        let (going, ended) = mpsc::channel();
        thread::Builder::new()
            .name("obs-cli-source".to_owned())
            .spawn(move || ask(source, interval, &to, &ended))
            .context("cannot start the thread that takes snapshots")?;
        Ok(Feed { arrivals, going })
    }

    /// What has come since the last call, if anything.
    pub(crate) fn arrival(&mut self) -> Option<Result<Snapshot>> {
        self.arrivals.try_recv().ok()
    }

    /// Ends the thread, waiting for an answer under way at most [`GRACE`].
    pub(crate) fn end(self) {
        let Feed { arrivals, going } = self;
        drop(going);
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
    to: &SyncSender<Result<Snapshot>>,
    ended: &Receiver<()>,
) {
    loop {
        // The source is asked again after a panic: what it left behind is its own business, as with any error.
        let answer = catch_unwind(AssertUnwindSafe(|| source.snapshot()))
            .unwrap_or_else(|panic| Err(in_words(&*panic)));
        if to.send(answer).is_err()
            || ended.recv_timeout(interval) != Err(RecvTimeoutError::Timeout)
        {
            return;
        }
    }
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
            feed.arrivals
                .recv_timeout(Duration::from_secs(10))
                .expect("an answer comes")
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
}
