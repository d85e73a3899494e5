//! Metrics with dynamic labels: values that are known when recording, any text.

/// A metric whose series are told apart by texts, as the word `dynamic` in its macro makes it.
///
/// ```
/// use obs::{Counter, Dynamic, counter};
///
/// static REQUESTS: Dynamic<Counter, 2> =
///     counter!("requests_total", "Requests by path and method.", dynamic(path, method));
///
/// REQUESTS.with(["/", "GET"]).inc(); // looked up: a hash and a compare once the thread knows it
///
/// let posts = REQUESTS.with(["/orders", "POST"]); // looked up once
/// for _ in 0..1_000 {
///     posts.inc(); // as fast as a counter without labels
/// }
/// ```
///
/// Each component has series of its own, up to `max_series` per metric (2,000 unless the macro says otherwise). What
/// comes after that is counted in one more series whose dynamic labels are all `_overflow`, so that totals stay exact, and no other
/// component loses anything by it. Values longer than 128 bytes are cut, and counted.
#[must_use = "a metric records nothing by itself"]
#[derive(Debug, Clone, Copy)]
pub struct Dynamic<M, const N: usize> {
    metric: M,
}

/// A metric that can be bound to label values.
pub trait Bind: Copy {
    /// The metric with its labels.
    type Bound;

    /// Looks the values up.
    #[doc(hidden)]
    fn bind<const N: usize>(self, values: &[&str; N]) -> Self::Bound;
}

impl<M: Bind, const N: usize> Dynamic<M, N> {
    /// For the macro.
    #[doc(hidden)]
    pub const fn of(metric: M) -> Dynamic<M, N> {
        Dynamic { metric }
    }

    /// The metric with these label values, in the order of its definition, for the component that the thread is in now.
    ///
    /// A small `Copy` value. It goes on recording for that component, whichever one the thread enters later; it may be sent to
    /// other threads, where it costs a nanosecond or two more.
    #[inline(always)]
    pub fn with(self, values: [&str; N]) -> M::Bound {
        self.metric.bind(&values)
    }
}
