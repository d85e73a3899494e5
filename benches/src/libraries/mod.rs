//! One file per library, each answering the cases it can answer.

mod facade;
mod foundations;
mod measured;
mod metrics;
mod obs;
mod opentelemetry;
mod prometheus;
mod prometheus_client;
mod render;
mod spans;
mod std;

use crate::case::{Case, SWITCHES};
use crate::entry::{Entry, repeat};
use crate::floor;
use crate::workload::Random;

pub use spans::{LIBRARIES as ALONE, Resident, resident};

use ::std::cell::Cell;
use ::std::sync::Arc;

/// How many components the cases choose from at most.
const COMPONENTS: usize = 10_000;

/// Everything that is compared.
pub struct Libraries {
    /// The answers, floor first.
    pub entries: Vec<Entry>,
    /// Keeps libraries that collect in the background from growing without end.
    pub upkeep: Box<dyn Fn()>,
}

/// Sets up every library.
pub fn all() -> Libraries {
    let metrics = metrics::Metrics::install();
    let mut entries = floor::entries();
    entries.extend(obs::entries());
    entries.extend(metrics.entries());
    entries.extend(facade::entries());
    entries.extend(prometheus::entries());
    entries.extend(prometheus_client::entries());
    entries.extend(measured::entries());
    entries.extend(foundations::entries());
    entries.extend(opentelemetry::entries());
    entries.extend(std::entries());
    Libraries {
        entries,
        upkeep: Box::new(move || metrics.upkeep()),
    }
}

/// Sets up what renders an exposition, for a process of its own.
pub fn rendering(case: Case) -> Vec<Entry> {
    render::entries(case)
}

thread_local! {
    // Which component the thread is in, as a program without obs would remember it.
    static COMPONENT: Cell<usize> = const { Cell::new(0) };
}

/// A peer's cheapest way to the label that obs gets from its place: one handle per component, resolved before, found by the component's index.
///
/// For the switch cases the component is remembered and restored around the increment, as obs does.
fn by_component<H: Send + Sync + 'static>(
    library: &'static str,
    handle: impl Fn(usize) -> H,
    inc: impl Fn(&H) + Copy + Send + Sync + 'static,
) -> Vec<Entry> {
    let handles: Arc<[H]> = (0..COMPONENTS).map(handle).collect();
    let mut entries = vec![Entry::peer(Case::CounterComponent, library, {
        let handles = Arc::clone(&handles);
        move |iterations| {
            COMPONENT.set(7);
            repeat(iterations, |_| inc(&handles[COMPONENT.get()]));
        }
    })];
    for case in SWITCHES {
        let handles = Arc::clone(&handles);
        entries.push(Entry::peer(case, library, move |iterations| {
            let mut random = Random::new();
            repeat(iterations, |_| {
                let previous = COMPONENT.replace(random.below(case.components()));
                inc(&handles[COMPONENT.get()]);
                COMPONENT.set(previous);
            });
        }));
    }
    entries
}
