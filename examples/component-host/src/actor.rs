//! The actors: one supervised worker per component, with a bounded mailbox.

use std::ops::ControlFlow;
use std::panic;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use kameo::actor::{ActorId, WeakActorRef};
use kameo::error::{ActorStopReason, Infallible};
use kameo::mailbox;
use kameo::message::BoxMessage;
use kameo::prelude::*;
use kameo::reply::{BoxReplySender, ReplyError};
use kameo::supervision::RestartPolicy;
use obs::host::Side;
use obs::host::actors::{ActorKind, ErrorAction, RunningActor, StopReason};
use obs::host::errors::{ERRORS, ErrorType};
use obs::host::lifecycle::{Lifecycle, Restart, State};
use obs::host::mailbox::{CAPACITY, DropReason};
use obs::host::messages::{
    CALLBACKS_PROCESSED, Export, MESSAGE_PAYLOAD, MESSAGES_EXPIRED, MESSAGES_SENT, MessageOutcome,
    MessageType, Pattern,
};
use obs::host::resources::LinearMemory;
use obs::{Carrier, InComponent, InContext, LabelValue, instrumented, span};
use tokio::sync::oneshot;
use wasmtime::component::Component;

use crate::adapters::kameo::{Letter, send};
use crate::engine::{AMPLE, Engine, Guest};
use crate::imports::Services;
use crate::mail::Mail;
use crate::metrics;
use crate::outcome::{Cause, Fault};
use crate::request::Request;
use crate::tally::{Book, Figure};

/// The supervisor gives an actor up after this many restarts of which each follows the one before within
/// [`RESTART_WINDOW`]. A burst makes flaky panic six times in a row; its other panics are a second apart.
const RESTARTS: u32 = 20;
const RESTART_WINDOW: Duration = Duration::from_millis(100);

/// What an actor is made of, the first time and after each panic.
pub(crate) struct Plan {
    pub(crate) place: usize,
    pub(crate) component: obs::Component,
    /// What obs knows of workers, and of what they are told.
    pub(crate) kind: ActorKind,
    pub(crate) messages: MessageType,
    pub(crate) callbacks: MessageType,
    pub(crate) engine: Arc<Engine>,
    /// The version that the component runs, compiled.
    pub(crate) guest: Mutex<Component>,
    pub(crate) memory: Arc<LinearMemory>,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) services: Arc<Services>,
    /// Where the guest's answers go.
    pub(crate) next: Option<Mailbox>,
    /// Of what the actor died last, and in which span.
    pub(crate) died: Mutex<Option<(obs::Context, String)>>,
    /// The actor panics at every so manieth trap of its guest.
    pub(crate) panic_every_trap: Option<u64>,
}

impl Plan {
    pub(crate) fn book(&self) -> &Book {
        self.services.tally.book(self.place)
    }

    /// Begins to start again what has died.
    fn restart(&self) -> Restart {
        let mut died = self.died.lock().unwrap_or_else(PoisonError::into_inner);
        let (failed, why) = died.take().unwrap_or_default();
        Restart::start(failed, why)
    }

    async fn start_guest(&self) -> Guest {
        let guest = self
            .guest
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        self.start(&guest).await
    }

    async fn start(&self, guest: &Component) -> Guest {
        let started = self
            .engine
            .start(guest, self.place, &self.memory, &self.services)
            .await;
        started.expect("a guest that started once starts again: it has no state outside its store")
    }
}

/// Where a component's messages are put.
#[derive(Clone)]
pub(crate) struct Mailbox {
    component: obs::Component,
    plan: Arc<Plan>,
    actor: ActorRef<Worker>,
}

impl Mailbox {
    /// Starts a worker with room for so many messages and returns its mailbox.
    pub(crate) async fn open(supervisor: &ActorRef<Supervisor>, plan: Plan, room: usize) -> Self {
        let plan = Arc::new(plan);
        let (component, remade) = (plan.component, plan.clone());
        let starts = AtomicU64::new(0);
        let make = move || {
            let again = starts.fetch_add(1, Relaxed) > 0;
            if again {
                remade.book().add(Figure::Restarts, 1);
            }
            Start {
                plan: remade.clone(),
                again,
            }
        };
        plan.lifecycle.turn(State::Starting);
        component.scope(|| CAPACITY.set(room));
        let actor = Worker::supervise_with(supervisor, make)
            .restart_policy(RestartPolicy::Transient)
            .restart_limit(RESTARTS, RESTART_WINDOW)
            .spawn_with_mailbox(mailbox::bounded(room))
            .await;
        Self {
            component,
            plan,
            actor,
        }
    }

    /// The component whose mailbox it is.
    pub(crate) fn component(&self) -> obs::Component {
        self.component
    }

    /// What the component is made of.
    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Puts a message in, waiting for room; false if the worker is gone.
    #[instrumented(component = self.component)]
    pub(crate) async fn put(&self, mail: Mail) -> bool {
        let taken = send(&self.actor, self.component, (mail.carrier(), mail)).await;
        if taken {
            self.plan.book().add(Figure::Accepted, 1);
        }
        taken
    }

    /// Has the component run another version; false if that does not do its work.
    pub(crate) async fn swap(&self, guest: Component) -> bool {
        let swap = Swap(guest, Carrier::ask());
        let swapped = self.actor.ask(swap).send().await;
        swapped.unwrap_or(false)
    }

    /// Stops the worker once it has handled what it has. A panic on the way can swallow the request, so it is repeated
    /// until the mailbox is closed.
    pub(crate) async fn close(&self) {
        let stopping = self.component.scope(|| self.plan.kind.shutdown());
        let turn = |to| stopping.context().scope(|| self.plan.lifecycle.turn(to));
        turn(State::Stopping);
        loop {
            // An error means that the worker is gone already, which is what is wanted.
            let _gone = self.actor.stop_gracefully().await;
            if tokio::time::timeout(Duration::from_millis(500), self.actor.wait_for_shutdown())
                .await
                .is_ok()
            {
                turn(State::Stopped);
                return;
            }
        }
    }
}

/// What kameo hands an actor at each start.
pub(crate) struct Start {
    plan: Arc<Plan>,
    again: bool,
}

/// The actor around a guest.
pub(crate) struct Worker {
    plan: Arc<Plan>,
    guest: Guest,
    /// The span of the message that it handled last.
    handling: obs::Context,
    /// Gone once it stops.
    running: Option<RunningActor>,
}

impl Actor for Worker {
    type Args = Start;
    type Error = Infallible;

    async fn on_start(Start { plan, again }: Start, _: ActorRef<Self>) -> Result<Self, Infallible> {
        let component = plan.component;
        let start = async {
            let restart = again.then(|| plan.restart());
            let inside = restart.as_ref().map(Restart::context).unwrap_or_default();
            let spawning = inside.scope(|| plan.kind.spawn());
            if again {
                metrics::RESTARTS.with(Cause::Panic).inc();
            }
            let guest = plan.start_guest().in_context(spawning.context()).await;
            let turn = || plan.lifecycle.turn(State::Running);
            spawning.context().scope(turn);
            let running = Some(spawning.ready());
            if let Some(restart) = restart {
                restart.end(&Ok::<_, Infallible>(()));
            }
            Ok(Self {
                plan,
                guest,
                handling: obs::Context::NONE,
                running,
            })
        };
        start.in_component(component).await
    }

    /// Whatever the message, its handling happens inside the component.
    async fn on_message(
        &mut self,
        message: BoxMessage<Self>,
        actor: ActorRef<Self>,
        reply: Option<BoxReplySender>,
        stop: &mut bool,
    ) -> Result<(), Box<dyn ReplyError>> {
        let component = self.plan.component;
        let handling = message.handle_dyn(self, actor, reply, stop);
        handling.in_component(component).await
    }

    async fn on_stop(
        &mut self,
        _: WeakActorRef<Self>,
        reason: ActorStopReason,
    ) -> Result<(), Infallible> {
        if let ActorStopReason::Panicked(why) = &reason {
            let mut died = self
                .plan
                .died
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            *died = Some((self.handling, why.to_string()));
        }
        let reason = match reason {
            ActorStopReason::Normal => StopReason::Normal,
            ActorStopReason::Panicked(_) => StopReason::Panic,
            ActorStopReason::LinkDied { .. } => StopReason::Shutdown,
            _ => StopReason::Killed,
        };
        if let Some(running) = self.running.take() {
            running.stopped(reason);
        }
        Ok(())
    }
}

impl Message<Letter<Mail>> for Worker {
    type Reply = ();

    async fn handle(&mut self, letter: Letter<Mail>, _: &mut Context<Self, ()>) {
        let Letter {
            stamp,
            message: mail,
        } = letter;
        if mail.has_expired(Instant::now()) {
            MESSAGES_EXPIRED.inc();
            stamp.refuse(DropReason::Ttl);
            return self.plan.book().add(Figure::Expired, 1);
        }
        let of = match mail.export {
            Export::Callback => self.plan.callbacks,
            _ => self.plan.messages,
        };
        // It lasts longer than the message, however that ends.
        let request = mail.request.clone();
        let mut handling = of.start_sent(stamp.open());
        self.handling = handling.context();
        handling.first_sent(mail.first);
        let (outcome, answer) = handling.during(self.work(mail)).await;
        // Before the answer is given: what comes of it is no part of this message, and does not run beside it.
        handling.end(outcome);
        if let Some(answer) = answer {
            let context = request.as_ref().map(Request::context).unwrap_or_default();
            self.give(answer).in_context(context).await;
        }
        if let Some(request) = request
            && outcome != MessageOutcome::Ok
        {
            request.failed(MessageOutcome::VALUES[outcome.index()]);
        }
        self.plan.book().handled(outcome);
    }
}

/// What a guest's answer is for.
enum Answer {
    Reply(oneshot::Sender<Vec<u8>>, Vec<u8>),
    Next(Mail),
}

impl Worker {
    /// Has the guest do what the message says.
    async fn work(&mut self, mail: Mail) -> (MessageOutcome, Option<Answer>) {
        MESSAGE_PAYLOAD
            .with(Side::Inbound)
            .observe(mail.body.len() as f64);
        let (key, first, export) = (mail.key.clone(), mail.first, mail.export);
        let request = mail.request;
        let called = self
            .guest
            .call(export, mail.key, mail.body, mail.budget)
            .await;
        let (outcome, answer) = match called {
            Ok(body) => {
                MESSAGE_PAYLOAD
                    .with(Side::Outbound)
                    .observe(body.len() as f64);
                let answer = match mail.reply {
                    Some(reply) => Answer::Reply(reply, body),
                    None => Answer::Next(Mail {
                        first,
                        request,
                        ..Mail::new(&key, body, mail.budget)
                    }),
                };
                (MessageOutcome::Ok, Some(answer))
            }
            Err(fault) => (self.recover(fault).await, None),
        };
        if export == Export::Callback {
            CALLBACKS_PROCESSED.with(outcome).inc();
            self.plan.book().add(Figure::Callbacks, 1);
        }
        (outcome, answer)
    }

    /// Gives the guest's answer to whoever asked, or to the next component.
    async fn give(&self, answer: Answer) {
        match (answer, &self.plan.next) {
            (Answer::Reply(reply, body), _) => {
                MESSAGES_SENT.with(Pattern::Reply).inc();
                // Whoever asked may have given up.
                let _gone = reply.send(body);
            }
            (Answer::Next(mail), Some(next)) => {
                if next.put(mail).await {
                    MESSAGES_SENT.with(Pattern::Tell).inc();
                }
            }
            (Answer::Next(_), None) => {}
        }
    }

    /// Gives the component a new store if the guest did not survive, or panics if the plan says so.
    #[instrumented(component = self.plan.component)]
    async fn recover(&mut self, fault: Fault) -> MessageOutcome {
        let book = self.plan.book();
        book.add(Figure::Errors, 1);
        ERRORS.with(fault.error()).inc();
        if let Fault::Refused(_) = fault {
            self.plan.kind.error(ErrorAction::Resume);
            return fault.outcome();
        }
        let faults = book.faulted();
        self.plan.kind.error(ErrorAction::Restart);
        if self
            .plan
            .panic_every_trap
            .is_some_and(|every| faults.is_multiple_of(every))
        {
            ERRORS.with(ErrorType::Panic).inc();
            book.add(Figure::Errors, 1);
            book.handled(MessageOutcome::Panic);
            // A real panic for everyone but the panic hook, which would write into the dashboard.
            panic::resume_unwind(Box::new("crashed on schedule"));
        }
        metrics::RESTARTS.with(Cause::Trap).inc();
        book.add(Figure::Restarts, 1);
        let failed = obs::Context::current();
        let restart = Restart::start(failed, MessageOutcome::VALUES[fault.outcome().index()]);
        let starting = self.plan.start_guest().in_context(restart.context());
        self.guest = starting.await;
        restart.end(&Ok::<_, Infallible>(()));
        fault.outcome()
    }
}

/// Another version of the guest.
struct Swap(Component, Carrier);

impl Message<Swap> for Worker {
    type Reply = bool;

    async fn handle(&mut self, swap: Swap, _: &mut Context<Self, bool>) -> bool {
        let Swap(guest, carrier) = swap;
        let swapping = span!("swap", kind = consumer, parent = carrier);
        swapping.around(self.swap(guest)).await
    }
}

impl Worker {
    /// Stops the version that runs, starts the other, and asks it whether it works. The other is kept if it does.
    async fn swap(&mut self, guest: Component) -> bool {
        self.guest = self.plan.start(&guest).await;
        let probe = self
            .guest
            .call(Export::Health, "probe".into(), Vec::new(), AMPLE);
        let works = probe.await.is_ok();
        if works {
            *self
                .plan
                .guest
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = guest;
        }
        works
    }
}

/// Watches over a group of workers: one that panics is started anew, the others are left alone.
pub(crate) struct Supervisor;

impl Actor for Supervisor {
    type Args = ();
    type Error = Infallible;

    async fn on_start((): (), _: ActorRef<Self>) -> Result<Self, Infallible> {
        Ok(Self)
    }

    async fn on_link_died(
        &mut self,
        _: WeakActorRef<Self>,
        _: ActorId,
        _: ActorStopReason,
    ) -> Result<ControlFlow<ActorStopReason>, Infallible> {
        Ok(ControlFlow::Continue(()))
    }
}
