//! What `cargo xtask test assembly` reads the instructions of. It runs, too, and then does nothing of interest.

use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use obs::{
    Carrier, Component, Context as InTrace, Counter, InContext, counter, event, instrumented, span,
};

static JOBS: Counter = counter!("jobs_total", "Jobs finished.");

/// One increment, and nothing else.
#[expect(unsafe_code, reason = "keeps its name in the assembly")]
#[unsafe(no_mangle)]
#[inline(never)]
pub fn counter_inc() {
    JOBS.inc();
}

/// What `counter_inc` is compiled out.
#[expect(unsafe_code, reason = "keeps its name in the assembly")]
#[unsafe(no_mangle)]
#[inline(never)]
pub fn nothing() {}

/// Instrumented; compiled out, it is `plain_add`.
#[expect(unsafe_code, reason = "keeps its name in the assembly")]
#[unsafe(no_mangle)]
#[inline(never)]
#[instrumented]
pub fn instrumented_add(left: u64, right: u64) -> u64 {
    left.wrapping_mul(3) ^ right
}

/// The same, bare.
#[expect(unsafe_code, reason = "keeps its name in the assembly")]
#[unsafe(no_mangle)]
#[inline(never)]
pub fn plain_add(left: u64, right: u64) -> u64 {
    left.wrapping_mul(3) ^ right
}

/// Instrumented with everything that can be asked for; compiled out, it is `plain_checked`.
#[expect(unsafe_code, reason = "keeps its name in the assembly")]
#[unsafe(no_mangle)]
#[inline(never)]
#[instrumented(
    component = component,
    name = "checked",
    labels(is_even: bool = number.is_multiple_of(2)),
    bounds = [0.5, 1],
    in_flight,
    ok_if = |result| result.is_some()
)]
pub fn instrumented_checked(component: Component, number: u64) -> Option<u64> {
    number.checked_mul(7)?.checked_add(1)
}

/// The same, bare.
#[expect(unsafe_code, reason = "keeps its name in the assembly")]
#[unsafe(no_mangle)]
#[inline(never)]
pub fn plain_checked(component: Component, number: u64) -> Option<u64> {
    let _ = component;
    number.checked_mul(7)?.checked_add(1)
}

#[instrumented(in_flight, busy, polls)]
async fn instrumented_later(number: u64) -> Option<u64> {
    std::future::ready(()).await;
    number.checked_mul(7)
}

async fn plain_later(number: u64) -> Option<u64> {
    std::future::ready(()).await;
    number.checked_mul(7)
}

/// Polls an instrumented future; compiled out, it is `plain_poll`.
#[expect(unsafe_code, reason = "keeps its name in the assembly")]
#[unsafe(no_mangle)]
#[inline(never)]
pub fn instrumented_poll(number: u64, context: &mut Context<'_>) -> Poll<Option<u64>> {
    pin!(instrumented_later(number)).poll(context)
}

/// The same, bare.
#[expect(unsafe_code, reason = "keeps its name in the assembly")]
#[unsafe(no_mangle)]
#[inline(never)]
pub fn plain_poll(number: u64, context: &mut Context<'_>) -> Poll<Option<u64>> {
    pin!(plain_later(number)).poll(context)
}

/// A span with an event and attributes; compiled out, it is `plain_add`.
#[expect(unsafe_code, reason = "keeps its name in the assembly")]
#[unsafe(no_mangle)]
#[inline(never)]
pub fn spanned_add(left: u64, right: u64) -> u64 {
    let span = span!("add", kind = client, detached, left = left, right = %right);
    event!("multiplied", by = 3, parent = span.context());
    span.set("left", left);
    if left == right {
        span.error("both are the same");
    }
    InTrace::current().keep_trace();
    left.wrapping_mul(3) ^ right
}

/// Instrumented as a span; compiled out, it is `plain_checked`.
#[expect(unsafe_code, reason = "keeps its name in the assembly")]
#[unsafe(no_mangle)]
#[inline(never)]
#[instrumented(component = component, span("checked", root, number = number, shown = %number))]
pub fn traced_checked(component: Component, number: u64) -> Option<u64> {
    number.checked_mul(7)?.checked_add(1)
}

#[instrumented(busy, span(parent = Carrier::tell(), number = ?number))]
async fn traced_later(number: u64) -> Option<u64> {
    let wait = span!("wait").around(std::future::ready(()));
    wait.in_current_context().await;
    number.checked_mul(7)
}

/// Polls a future that is a span, with one inside; compiled out, it is `plain_poll`.
#[expect(unsafe_code, reason = "keeps its name in the assembly")]
#[unsafe(no_mangle)]
#[inline(never)]
pub fn traced_poll(number: u64, context: &mut Context<'_>) -> Poll<Option<u64>> {
    pin!(traced_later(number)).poll(context)
}

fn main() {
    let (component, mut context) = (
        Component::register("assembly"),
        Context::from_waker(Waker::noop()),
    );
    let _polled = black_box((
        instrumented_checked(component, black_box(1)),
        plain_checked(component, black_box(1)),
        instrumented_poll(black_box(1), &mut context),
        plain_poll(black_box(1), &mut context),
        traced_checked(component, black_box(1)),
        traced_poll(black_box(1), &mut context),
    ));
    counter_inc();
    nothing();
    black_box((
        instrumented_add(black_box(1), black_box(2)),
        spanned_add(black_box(1), black_box(2)),
        plain_add(black_box(1), black_box(2)),
    ));
}
