//! What handles record beside metrics: spans, and how they hang together across actors, guests and storage.

use std::future::{pending, poll_fn};
use std::pin::pin;
use std::sync::mpsc::{self, Receiver, Sender};
use std::task::{Context as Waking, Poll, Waker};
use std::thread;

use obs::host::Transfer;
use obs::host::actors::{ActorKind, StopReason};
use obs::host::broker::Broker;
use obs::host::lifecycle::{Installation, Lifecycle, Phase, Restart, Source, State};
use obs::host::mailbox::{DropReason, Stamp};
use obs::host::messages::{Export, MessageOutcome, MessageType, RequestGuard, RequestOutcome};
use obs::host::operations::{FileOperation, OperationGuard};
use obs::host::resources::HostFunction;
use obs::host::storage::{StorageGuard, StorageOp, StorageOutcome};
use obs::host::wasm::{GuestCall, Trap};
use obs::{Carrier, Component, Context, Edge, Status, span};
use obs_runtime::evaluate::critical_path::{Class, Options, Walker};

use crate::taken::{Collecting, Seen, Taken};
use crate::unwind;

/// A message to an actor, and where its answer goes.
struct Letter {
    stamp: Stamp,
    reply: Sender<()>,
}

/// An actor on a thread of its own, which does this with each message.
fn actor(
    name: &str,
    mut work: impl FnMut() + Send + 'static,
) -> (Component, Sender<Letter>, thread::JoinHandle<()>) {
    let component = Component::register(name);
    let messages = component.scope(|| MessageType::named("order"));
    let (sender, mailbox): (_, Receiver<Letter>) = mpsc::channel();
    let thread = thread::spawn(move || {
        let _inside = component.enter();
        for Letter { stamp, reply } in mailbox {
            let handling = messages.start_sent(stamp.open());
            handling.context().scope(&mut work);
            handling.end(MessageOutcome::Ok);
            reply.send(()).expect("somebody waits");
        }
    });
    (component, sender, thread)
}

/// Asks an actor, and waits for its answer.
fn ask(to: Component, mailbox: &Sender<Letter>) {
    let request = RequestGuard::start();
    let (reply, answer) = mpsc::channel();
    let carrier = request.context().scope(Carrier::ask);
    let stamp = Stamp::of(to, carrier);
    mailbox.send(Letter { stamp, reply }).expect("it listens");
    answer.recv().expect("it answers");
    request.end(RequestOutcome::Ok);
}

/// A guest that keeps something.
fn guest() {
    let mut call = GuestCall::start(Export::Message, Some(1_000));
    call.context().scope(|| {
        let call = HostFunction::named("storage", "set").start();
        call.context().scope(|| {
            let setting = StorageGuard::start(StorageOp::Set);
            setting.value(100);
            setting.end_with(StorageOutcome::Ok);
        });
        call.end(&Ok::<_, ()>(()));
    });
    call.fuel_left(400);
}

#[test]
fn a_span_tells_of_all_bytes_of_its_operation() {
    let mut collecting = Collecting::start();
    let reading = OperationGuard::start(FileOperation::Read);
    reading.bytes(Transfer::Read, 100);
    reading.bytes(Transfer::Read, 50);
    reading.end(&Ok::<_, ()>(()));
    let taken = collecting.take();
    let said = taken.said(taken.one("filesystem.read"));
    assert_eq!(said.last().copied(), Some("bytes=150"));
}

#[test]
fn a_request_through_three_actors_a_guest_and_storage_is_one_trace() {
    let mut collecting = Collecting::start();
    let (last, to_last, third) = actor("trace last", guest);
    let (middle, to_middle, second) = actor("trace middle", move || ask(last, &to_last));
    let (first, to_first, front) = actor("trace first", move || ask(middle, &to_middle));
    {
        let _request = span!("order", root, kind = server);
        ask(first, &to_first);
    }
    drop(to_first);
    for thread in [front, second, third] {
        thread.join().expect("it ends");
    }
    let taken = collecting.take();

    let root = taken.one("order");
    assert!(taken.ended.iter().all(|seen| seen.trace == root.trace));
    assert_eq!(taken.ended.len(), 1 + 3 * 3 + 3, "{taken:#?}");
    let components = ["trace first", "trace middle", "trace last"];
    let mut above = root;
    let hops = taken.all("request").into_iter().zip(taken.all("queue"));
    for (((request, queue), message), name) in hops.zip(taken.all("message")).zip(components) {
        assert_eq!((request.parent, request.edge), (above.id, Edge::Call));
        assert_eq!((queue.parent, queue.edge), (request.id, Edge::Queue));
        assert_eq!((message.parent, message.edge), (request.id, Edge::Call));
        // One reading of the clock ends the wait and begins the work.
        assert_eq!(queue.end, message.start);
        assert_eq!(message.component.as_deref(), Some(name));
        assert_eq!(queue.component.as_deref(), Some(name));
        assert_eq!(taken.said(message), ["message_type=order"]);
        above = message;
    }
    let [call, host, set] = ["guest_call", "host_call", "storage.set"].map(|name| taken.one(name));
    assert_eq!((call.parent, host.parent), (above.id, call.id));
    assert_eq!(set.parent, host.id);
    assert_eq!(taken.said(call), ["export=message", "fuel=600"]);
    assert_eq!(taken.said(host), ["interface=storage", "function=set"]);
    assert_eq!(taken.said(set), ["bytes=100"]);
    assert_eq!(set.component.as_deref(), Some("trace last"));

    let nodes = taken.nodes();
    let mut walker = Walker::new();
    let path = walker.walk(&nodes, &Options::default());
    let whole: u64 = path.segments().iter().map(|part| part.duration_ns()).sum();
    assert_eq!(whole, root.end - root.start);
    assert_eq!(
        path.counts(),
        Default::default(),
        "nothing had to be mended"
    );
    let on_path = |name: &str, class: Class| {
        let segments = path.segments().iter();
        let of = segments.filter(|part| taken.ended[part.node as usize].name == name);
        of.filter(|part| part.class == class).count()
    };
    assert_eq!(on_path("queue", Class::Queue), waits(&taken));
    assert!(on_path("storage.set", Class::Run) == 1 && on_path("message", Class::Run) >= 3);
}

/// How many messages waited for any time that the clock shows.
fn waits(taken: &Taken) -> usize {
    let queues = taken.all("queue").into_iter();
    queues.filter(|queue| queue.end > queue.start).count()
}

/// Polls a future once.
fn poll_once<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Waking::from_waker(Waker::noop()))
}

#[test]
fn handles_that_nobody_ends_are_cancelled_or_panicked() {
    let mut collecting = Collecting::start();
    let messages = MessageType::named("unended");
    let mut dropped = messages.start();
    assert!(poll_once(dropped.during(pending::<()>())).is_pending());
    drop(dropped);
    unwind(messages.start());
    let mut trapped = GuestCall::start(Export::Callback, None);
    assert!(poll_once(trapped.during(poll_fn(|_| Poll::Ready(())))).is_ready());
    trapped.trapped(Trap::OutOfFuel);
    drop(trapped);
    drop(OperationGuard::start(FileOperation::List));
    StorageGuard::start(StorageOp::Get).end(&Err::<(), _>(()));
    let taken = collecting.take();

    let messages = taken.all("message");
    let status = |seen: &Seen| seen.status;
    assert_eq!(status(messages[0]), Status::Cancelled);
    assert_eq!(messages[0].polled.map(|polled| polled.count), Some(1));
    assert_eq!(status(messages[1]), Status::Panicked);
    let call = taken.one("guest_call");
    assert_eq!((call.status, call.parent), (Status::Error, 0));
    assert!(taken.said(call).contains(&"=out_of_fuel"), "{taken:#?}");
    let list = taken.one("filesystem.list");
    assert_eq!(list.status, Status::Cancelled);
    assert_eq!(taken.one("storage.get").status, Status::Error);
}

#[test]
fn what_never_ends_is_told_of_when_it_begins() {
    let mut collecting = Collecting::start();
    let handling = MessageType::named("stuck").start();
    let (waiting, writing) = handling.context().scope(|| {
        let waiting = HostFunction::named("network", "fetch").start_waiting();
        (waiting, OperationGuard::start(FileOperation::Write))
    });
    let taken = collecting.take();
    assert_eq!(taken.open, ["filesystem.write", "host_call", "message"]);
    drop((writing, waiting, handling));
    assert!(collecting.take().open.is_empty());
}

#[test]
fn polls_are_taken_in_and_nested_in_the_handle() {
    let mut collecting = Collecting::start();
    let mut call = HostFunction::named("process", "run").start_waiting();
    let mut polls = 0;
    let future = poll_fn(|_| {
        polls += 1;
        drop(OperationGuard::start(FileOperation::Read));
        match polls {
            3 => Poll::Ready(()),
            _ => Poll::Pending,
        }
    });
    {
        let mut during = pin!(call.during(future));
        let mut waking = Waking::from_waker(Waker::noop());
        while during.as_mut().poll(&mut waking).is_pending() {
            assert!(
                !Context::current().is_some(),
                "between polls the thread is free"
            );
        }
    }
    call.end(&Ok::<_, ()>(()));
    let taken = collecting.take();
    let call = taken.one("host_call");
    let polled = call.polled.expect("it was polled");
    assert_eq!(polled.count, 3);
    assert!(polled.longest <= polled.busy && polled.busy <= call.end - call.start);
    let reads = taken.all("filesystem.read");
    assert!(reads.len() == 3 && reads.iter().all(|read| read.parent == call.id));
}

#[test]
fn the_span_that_sent_a_message_which_is_lost_fails() {
    let mut collecting = Collecting::start();
    let to = Component::register("trace lost");
    {
        let _order = span!("order", root);
        drop(Stamp::of(to, Carrier::ask()));
        Stamp::new(to).refuse(DropReason::Ttl);
    }
    let taken = collecting.take();
    let order = taken.one("order");
    let lost = |reason| format!("=a message was never handled: {reason}");
    assert_eq!(taken.said(order), [lost("restart"), lost("ttl")]);
    assert!(taken.all("queue").is_empty());
}

#[test]
fn what_is_published_waits_for_its_subscriber() {
    let mut collecting = Collecting::start();
    let broker = Broker::named("traced");
    let publishing = broker.publish("order");
    let carrier = publishing.carrier();
    publishing.end(1);
    let received = broker.delivered(carrier);
    let messages = MessageType::named("order");
    messages.start_sent(received).end(MessageOutcome::Ok);
    let taken = collecting.take();
    let publish = taken.one("broker.publish");
    for name in ["queue", "message"] {
        let seen = taken.one(name);
        assert_eq!((seen.parent, seen.edge), (publish.id, Edge::Detached));
    }
    assert_eq!(taken.said(publish), ["message_type=order", "subscribers=1"]);
}

#[test]
fn a_restart_tells_of_what_failed_and_is_kept() {
    let mut collecting = Collecting::start();
    let component = Component::register("trace restart");
    component.scope(|| {
        let workers = ActorKind::named("worker");
        let life = Lifecycle::installing(component);
        let failing = MessageType::named("order").start();
        let failed = failing.context();
        unwind(failing);
        let restart = Restart::start(failed, "crashed on schedule");
        restart.context().scope(|| {
            let running = workers.spawn().ready();
            life.turn(State::Running);
            running.stopped(StopReason::Killed);
        });
        restart.end(&Ok::<_, ()>(()));
        drop(workers.shutdown());
    });
    let taken = collecting.take();
    let (failed, restart) = (taken.one("message"), taken.one("lifecycle.restart"));
    assert_eq!(failed.status, Status::Panicked);
    // And what its events say.
    let said = taken.said(restart);
    assert!(said.starts_with(&["error=crashed on schedule", "from=installing", "to=running"]));
    let outside = obs::collector::spans::outside(failed.id);
    assert_eq!(taken.links[&restart.id], [outside]);
    assert!(taken.forced.contains(&restart.id));
    let events = &taken.events[&restart.id];
    assert_eq!(*events, ["lifecycle.turn", "lifecycle.stopped"]);
    let start = taken.one("lifecycle.start");
    assert_eq!(start.parent, restart.id);
    assert_eq!(taken.said(start), ["kind=worker"]);
    let stop = taken.one("lifecycle.stop");
    assert_eq!(stop.component.as_deref(), Some("trace restart"));
}

#[test]
fn the_phases_of_an_installation_are_parts_of_it() {
    let mut collecting = Collecting::start();
    let installing = Installation::start(Source::File);
    drop(installing.phase(Phase::Fetch));
    drop(installing.phase(Phase::Compile));
    installing.end(&Err::<(), _>(()));
    let taken = collecting.take();
    let install = taken.one("lifecycle.install");
    assert_eq!(install.status, Status::Error);
    for phase in ["lifecycle.fetch", "lifecycle.compile"] {
        assert_eq!(taken.one(phase).parent, install.id);
    }
}

#[test]
fn nothing_is_recorded_while_nobody_collects() {
    drop(Collecting::start());
    let handling = MessageType::named("order").start();
    assert_eq!(handling.context(), Context::NONE);
    guest();
    handling.end(MessageOutcome::Ok);
    let mut collecting = Collecting::start();
    assert!(collecting.take().ended.is_empty());
}

#[test]
fn what_is_inside_a_trace_that_is_not_sampled_is_not_recorded() {
    let mut collecting = Collecting::start();
    collecting.spans.set_share("order", 0.0);
    {
        let _order = span!("order", root);
        guest();
        let to = Component::register("trace unsampled");
        let received = Stamp::of(to, Carrier::ask()).open();
        let handling = MessageType::named("order").start_sent(received);
        handling.context().scope(guest);
        handling.end(MessageOutcome::Ok);
    }
    let taken = collecting.take();
    collecting.spans.set_share("order", 1.0);
    assert!(
        taken.ended.is_empty() && taken.said.is_empty(),
        "{taken:#?}"
    );
}
