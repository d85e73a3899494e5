//! Time of calls and polls, with a clock that stands still unless a test moves it.

use std::cell::Cell;
use std::future::{Future, pending};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use obs::catalogue::{Reading, catalogue};
use obs::clock::Stopwatch;
use obs::private::function::{And, Function, Instrumented, Outcome, Watch, ok_if};
use obs::{Component, LabelSet, LabelValue, collector};

thread_local! {
    static NOW_NS: Cell<u64> = const { Cell::new(0) };
}

fn pass(nanoseconds: u64) {
    NOW_NS.with(|now| now.set(now.get() + nanoseconds));
}

#[derive(Clone, Copy)]
struct ByHand(u64);

impl Watch for ByHand {
    fn start() -> ByHand {
        ByHand(NOW_NS.with(Cell::get))
    }

    fn reading(&self) -> u64 {
        self.0
    }

    fn read_again(&self) -> u64 {
        NOW_NS.with(Cell::get)
    }

    fn ns_of(&self, readings: u64) -> u64 {
        readings
    }

    fn stopwatch(&self) -> Stopwatch {
        Stopwatch::monotonic_at(self.0)
    }
}

static TIMED: Function = Function {
    calls: obs::private::metric! {
        Counter, (And<(), Outcome>), ,
        name: "timed_calls_total", help: "Calls.", unit: "", scope: Component, zero: false,
        literals: [], keys: [("outcome", Outcome)], bounds: &[]
    },
    duration: obs::private::metric! {
        Histogram, (()), Seconds,
        name: "timed_duration_seconds", help: "Time.", unit: "seconds", scope: Component, zero: false,
        literals: [], keys: [], bounds: &[1.0]
    },
    in_flight: Some(obs::private::metric! {
        Gauge, (()), Number,
        name: "timed_in_flight", help: "Calls under way.", unit: "", scope: Component, zero: false,
        literals: [], keys: [], bounds: &[]
    }),
    busy: Some(obs::private::metric! {
        Histogram, (()), Seconds,
        name: "timed_busy_seconds", help: "Time inside polls.", unit: "seconds", scope: Component, zero: false,
        literals: [], keys: [], bounds: &[1.0]
    }),
    polls: Some(obs::private::metric! {
        Counter, (()), ,
        name: "timed_polls_total", help: "Polls.", unit: "", scope: Component, zero: false,
        literals: [], keys: [], bounds: &[]
    }),
};

/// What has been counted in a component.
#[derive(Debug, PartialEq)]
struct Seen {
    outcomes: [u64; 4],
    duration_ns: u64,
    busy_ns: u64,
    polls: u64,
    in_flight: f64,
}

fn seen(component: Component) -> Seen {
    let life = collector::read(component).expect("it lives");
    let metrics = catalogue().metrics;
    let read = |name: &str, series: usize| {
        let metric = metrics.iter().find(|metric| metric.definition.name == name);
        metric.expect("it is known").read(&life.cells, series)
    };
    let count = |name: &str, series: usize| match read(name, series) {
        Reading::Counter(count) => count,
        _ => 0,
    };
    let sum_ns = |name: &str| match read(name, 0) {
        Reading::Histogram { sum, .. } => (sum * 1e9).round() as u64,
        _ => 0,
    };
    Seen {
        outcomes: [0, 1, 2, 3].map(|series| count("timed_calls_total", series)),
        duration_ns: sum_ns("timed_duration_seconds"),
        busy_ns: sum_ns("timed_busy_seconds"),
        polls: count("timed_polls_total", 0),
        in_flight: match read("timed_in_flight", 0) {
            Reading::Gauge(level) => level,
            _ => 0.0,
        },
    }
}

/// Works for 3 ns, waits once, works for 5 ns more, and then ends so.
struct Work {
    polled: bool,
    ends: fn() -> Result<u8, u8>,
}

impl Future for Work {
    type Output = Result<u8, u8>;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        if !std::mem::replace(&mut self.polled, true) {
            pass(3);
            return Poll::Pending;
        }
        pass(5);
        Poll::Ready((self.ends)())
    }
}

type Watched<F, O> = Instrumented<F, O, (), ByHand>;

fn of_result<T>(result: &Result<T, u8>, (): &()) -> Outcome {
    ok_if(result, Result::is_ok)
}

fn watched(
    component: Component,
    ends: fn() -> Result<u8, u8>,
) -> impl Future<Output = Result<u8, u8>> {
    let work = Work {
        polled: false,
        ends,
    };
    Watched::new(&TIMED, (), Some(component), work, of_result)
}

#[test]
fn busy_time_is_the_time_inside_polls_and_duration_all_of_it() {
    let component = Component::register("function/busy");
    let mut context = Context::from_waker(Waker::noop());
    let mut future = pin!(watched(component, || Ok(7)));
    pass(1_000); // a call that is not polled has not begun
    assert!(future.as_mut().poll(&mut context).is_pending());
    assert_eq!(seen(component).in_flight, 1.0);
    pass(100);
    assert!(future.as_mut().poll(&mut context).is_ready());
    pass(1_000);
    let expected = Seen {
        outcomes: [1, 0, 0, 0],
        duration_ns: 108,
        busy_ns: 8,
        polls: 2,
        in_flight: 0.0,
    };
    assert_eq!(seen(component), expected);
}

#[test]
fn a_panic_ends_the_call_and_its_poll() {
    let component = Component::register("function/panic");
    let mut context = Context::from_waker(Waker::noop());
    let mut future = pin!(watched(component, || panic!("on purpose")));
    assert!(future.as_mut().poll(&mut context).is_pending());
    pass(100);
    let caught = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(&mut context)));
    assert!(caught.is_err());
    pass(1_000);
    let expected = Seen {
        outcomes: [0, 0, 1, 0],
        duration_ns: 108,
        busy_ns: 8,
        polls: 2,
        in_flight: 0.0,
    };
    assert_eq!(seen(component), expected);
    assert_eq!(Component::current(), None);
}

#[test]
fn a_cancelled_call_ends_when_it_is_dropped_inside_its_component() {
    struct Records;
    impl Drop for Records {
        fn drop(&mut self) {
            pass(50);
            TIMED.polls.expect("it is asked for").inc();
        }
    }
    let component = Component::register("function/cancelled");
    let records = Records;
    let waits = async move {
        let _records = records;
        pass(2);
        pending::<Result<u8, u8>>().await
    };
    {
        let mut future = pin!(Watched::new(&TIMED, (), Some(component), waits, of_result));
        let mut context = Context::from_waker(Waker::noop());
        assert!(future.as_mut().poll(&mut context).is_pending());
        pass(100);
    }
    let expected = Seen {
        outcomes: [0, 0, 0, 1],
        duration_ns: 102,
        busy_ns: 2,
        polls: 2,
        in_flight: 0.0,
    };
    assert_eq!(seen(component), expected);
}

#[test]
fn a_condition_that_panics_makes_the_call_a_panic() {
    let component = Component::register("function/condition");
    let mut context = Context::from_waker(Waker::noop());
    let outcome = |_: &u8, _: &()| -> Outcome { panic!("on purpose") };
    let mut future = pin!(Watched::new(
        &TIMED,
        (),
        Some(component),
        async { 7 },
        outcome
    ));
    assert!(catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(&mut context))).is_err());
    assert_eq!(seen(component).outcomes, [0, 0, 1, 0]);
}

#[test]
fn labels_stand_before_the_one_behind_them() {
    #[derive(Debug, Clone, Copy)]
    struct Two(usize);
    impl LabelValue for Two {
        const VALUES: &'static [&'static str] = &["a", "b"];
        fn index(self) -> usize {
            self.0
        }
    }
    assert_eq!(<And<(Two, Two), Outcome>>::COUNT, 16);
    assert_eq!(And((Two(1), Two(0)), Outcome::Panic).series(), 10);
    assert_eq!(And((), Outcome::Cancelled).series(), 3);
}
