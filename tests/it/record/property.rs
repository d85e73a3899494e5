//! Random programs against a plain model.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use obs::collector::{Collector, Merge};
use obs::{Component, Counter, Entered, counter};
use proptest::prelude::*;

static EVENTS: Counter = counter!("property_events_total", "Events of the random programs.");
const THREADS: usize = 3;
const COMPONENTS: usize = 3;

#[derive(Debug, Clone)]
enum Step {
    /// Thread, amount.
    Add(usize, u64),
    /// Thread, component.
    Enter(usize, usize),
    /// Thread.
    Leave(usize),
    /// Thread, for another component.
    Scope(usize, usize, u64),
    /// The thread ends, scopes open or not, and another takes its place.
    Restart(usize),
    /// Component.
    Retire(usize),
    /// Component.
    Register(usize),
    Merge,
    Expire,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let (thread, component) = (0..THREADS, 0..COMPONENTS);
    let step = prop_oneof![
        4 => (thread.clone(), 1..5u64).prop_map(|(t, n)| Step::Add(t, n)),
        3 => (thread.clone(), component.clone()).prop_map(|(t, c)| Step::Enter(t, c)),
        3 => thread.clone().prop_map(Step::Leave),
        2 => (thread.clone(), component.clone(), 1..5u64).prop_map(|(t, c, n)| Step::Scope(t, c, n)),
        1 => thread.prop_map(Step::Restart),
        1 => component.clone().prop_map(Step::Retire),
        1 => component.prop_map(Step::Register),
        2 => Just(Step::Merge),
        1 => Just(Step::Expire),
    ];
    prop::collection::vec(step, 1..80)
}

enum Order {
    Add(u64),
    Enter(Component),
    Leave,
    Scope(Component, u64),
}

/// A thread that does as it is told, one order at a time.
struct Worker {
    orders: Option<Sender<Order>>,
    done: Receiver<()>,
    thread: Option<JoinHandle<()>>,
    /// The components it is in, as the model sees it.
    inside: Vec<Component>,
}

impl Worker {
    fn start() -> Worker {
        let (orders, received) = channel();
        let (finished, done) = channel();
        let thread = std::thread::spawn(move || {
            let mut guards: Vec<Entered> = Vec::new();
            for order in received {
                match order {
                    Order::Add(n) => EVENTS.inc_by(n),
                    Order::Enter(component) => guards.push(component.enter()),
                    Order::Leave => drop(guards.pop()),
                    Order::Scope(component, n) => component.scope(|| EVENTS.inc_by(n)),
                }
                finished.send(()).expect("the test waits");
            }
            while guards.pop().is_some() {}
        });
        Worker {
            orders: Some(orders),
            done,
            thread: Some(thread),
            inside: Vec::new(),
        }
    }

    fn order(&self, order: Order) {
        let orders = self.orders.as_ref().expect("it runs");
        orders.send(order).expect("it listens");
        self.done.recv().expect("it answers");
    }

    fn end(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            thread.join().expect("it ends");
        }
    }
}

/// What obs should say.
#[derive(Default)]
struct Model {
    lives: HashMap<Component, u64>,
    outside: u64,
    total: u64,
}

impl Model {
    fn add(&mut self, inside: Option<Component>, n: u64) {
        self.total += n;
        match inside {
            Some(component) => *self.lives.entry(component).or_default() += n,
            None => self.outside += n,
        }
    }
}

/// The events of each life, of what runs outside, and of all together.
fn read(merge: &Merge) -> (HashMap<Component, u64>, u64, u64) {
    let metric = merge
        .metrics
        .iter()
        .find(|metric| metric.definition.name == "property_events_total")
        .expect("it is linked");
    let cell = |cells: &[u64]| cells.get(metric.first_cell as usize).copied().unwrap_or(0);
    let lives: HashMap<_, _> = merge
        .lives
        .iter()
        .filter(|life| life.name.is_some())
        .map(|life| (life.component, cell(&life.cells)))
        .collect();
    let outside = cell(&merge.lives[0].cells);
    let total = lives.values().sum::<u64>() + outside + cell(&merge.departed);
    (lives, outside, total)
}

fn run(steps: Vec<Step>, collector: &mut Collector) {
    let names = ["property/a", "property/b", "property/c"];
    let mut components = names.map(Component::register);
    let mut workers: Vec<Worker> = (0..THREADS).map(|_| Worker::start()).collect();
    let mut model = Model::default();
    let (before, outside_before, total_before) = read(&collector.merge());
    let check = |collector: &mut Collector, model: &Model| {
        let (lives, outside, total) = read(&collector.merge());
        for (component, count) in lives {
            let start = before.get(&component).copied().unwrap_or(0);
            assert_eq!(
                count - start,
                model.lives.get(&component).copied().unwrap_or(0)
            );
        }
        assert_eq!(outside - outside_before, model.outside);
        assert_eq!(total - total_before, model.total);
    };
    for step in steps {
        match step {
            Step::Add(t, n) => {
                workers[t].order(Order::Add(n));
                model.add(workers[t].inside.last().copied(), n);
            }
            Step::Enter(t, c) => {
                workers[t].order(Order::Enter(components[c]));
                workers[t].inside.push(components[c]);
            }
            Step::Leave(t) => {
                workers[t].order(Order::Leave);
                workers[t].inside.pop();
            }
            Step::Scope(t, c, n) => {
                workers[t].order(Order::Scope(components[c], n));
                model.add(Some(components[c]), n);
            }
            Step::Restart(t) => {
                workers[t].end();
                workers[t] = Worker::start();
            }
            Step::Retire(c) => components[c].retire(),
            Step::Register(c) => components[c] = Component::register(names[c]),
            Step::Merge => check(collector, &model),
            Step::Expire => {
                collector.expire(Duration::ZERO, Instant::now());
            }
        }
    }
    workers.iter_mut().for_each(Worker::end);
    check(collector, &model);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_program_counts_as_the_model_does(steps in steps()) {
        if let Some(mut collector) = Collector::acquire() {
            run(steps, &mut collector);
        }
    }
}
