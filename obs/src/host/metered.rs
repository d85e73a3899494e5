//! The processor time of a future: what its polls take, and what passes between them.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use super::during::{InHandle, Polls};
use super::flight::Flight;
use super::resources::{CPU, CpuSide, TASKS, TaskState};
use super::wasm::THROTTLED;
use crate::{Counter, Moment};

thread_local! {
    /// Time that calls into the host took on this thread since the poll under way began.
    static IN_HOST: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// Says that a call into the host took so long, which is no time of the guest's.
#[inline]
pub(super) fn spent_in_host(took: Duration) {
    // An error means that the thread ends: then no poll is under way either.
    let _ = IN_HOST.try_with(|spent| spent.set(spent.get() + took));
}

/// Whether the thread unwinds.
#[inline]
pub(super) fn unwinding() -> bool {
    std::thread::panicking()
}

pin_project_lite::pin_project! {
    /// A future whose time is the component's: each poll counts as processor time of the guest, less the calls into the
    /// host that it made ([`HostCall`](super::resources::HostCall)).
    ///
    /// An estimate: what the system takes from the thread during a poll counts as well.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless they are polled"]
    pub struct Metered<F, S = ()> {
        #[pin]
        future: F,
        // The span that its polls are taken in by.
        span: S,
        // Where the time between polls goes.
        gaps: Option<Counter>,
        // A task, counted as waiting or running.
        task: bool,
        state: Option<TaskState>,
        // When the last poll returned.
        paused: Option<Moment>,
    }

    impl<F, S> PinnedDrop for Metered<F, S> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            if let Some(state) = this.state.take() {
                TASKS.with(state).dec();
            }
        }
    }
}

impl<F: Future> Metered<F> {
    /// A call into a guest. Time between polls is [throttled](THROTTLED) time: the guest has given the thread away, or waits
    /// for the host.
    pub fn call(future: F) -> Metered<F> {
        Metered::of(future, ())
    }

    /// A task that runs on behalf of the component, to be polled inside it: also counted among
    /// [`TASKS`](super::resources::TASKS) from its first poll on.
    pub fn task(future: F) -> Metered<F> {
        let mut metered = Metered::of(future, ());
        (metered.gaps, metered.task) = (None, true);
        metered
    }
}

impl<'a, F: Future> Metered<F, InHandle<'a>> {
    /// The same for a call that is a span, which reads the clock no more often.
    pub(super) fn call_in(flight: &'a mut Flight, future: F) -> Metered<F, InHandle<'a>> {
        Metered::of(future, InHandle(flight))
    }
}

impl<F: Future, S: Polls> Metered<F, S> {
    fn of(future: F, span: S) -> Metered<F, S> {
        Metered {
            future,
            span,
            gaps: Some(THROTTLED),
            task: false,
            state: None,
            paused: None,
        }
    }
}

impl<F: Future, S: Polls> Future for Metered<F, S> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let entered = this.span.enter();
        let begun = this.span.now();
        if let (Some(gaps), Some(paused)) = (this.gaps, *this.paused) {
            gaps.inc_by_duration(paused.until(begun));
        }
        if *this.task {
            turn(this.state, TaskState::Running);
        }
        let outer = IN_HOST.try_with(|spent| spent.replace(Duration::ZERO));
        let polled = this.future.poll(context);
        let in_host = IN_HOST.try_with(|spent| spent.replace(outer.unwrap_or_default()));
        let ended = this.span.now();
        drop(entered);
        this.span.polled(begun, ended);
        let busy = begun
            .until(ended)
            .saturating_sub(in_host.unwrap_or_default());
        CPU.with(CpuSide::Guest).inc_by_duration(busy);
        if *this.task {
            turn(this.state, TaskState::Waiting);
        }
        *this.paused = Some(ended);
        polled
    }
}

/// Counts a task in another state.
fn turn(state: &mut Option<TaskState>, to: TaskState) {
    if let Some(from) = state.replace(to) {
        TASKS.with(from).dec();
    }
    TASKS.with(to).inc();
}
