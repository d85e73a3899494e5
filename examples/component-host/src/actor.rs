//! The kameo adapter: one supervised actor per component, with a bounded mailbox.

use std::ops::ControlFlow;
use std::panic;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use kameo::actor::{ActorId, WeakActorRef};
use kameo::error::{ActorStopReason, Infallible, SendError};
use kameo::mailbox;
use kameo::message::BoxMessage;
use kameo::prelude::*;
use kameo::reply::{BoxReplySender, ReplyError};
use kameo::supervision::RestartPolicy;
use obs::{InComponent, instrumented};

use crate::engine::{Engine, Guest};
use crate::imports::Services;
use crate::letter::{Letter, Mail};
use crate::metrics;
use crate::outcome::{Cause, Outcome};
use crate::tally::{Book, Figure};

/// Messages that wait for a component at most; senders wait when it is full.
pub(crate) const MAILBOX: usize = 128;
/// The supervisor gives an actor up after this many restarts of which each follows the one before within
/// [`RESTART_WINDOW`]. A burst makes flaky panic six times in a row; its other panics are a second apart.
const RESTARTS: u32 = 20;
const RESTART_WINDOW: Duration = Duration::from_millis(100);

/// What an actor is made of, the first time and after each panic.
pub(crate) struct Plan {
    pub(crate) place: usize,
    pub(crate) component: obs::Component,
    pub(crate) engine: Arc<Engine>,
    pub(crate) guest: wasmtime::component::Component,
    pub(crate) services: Arc<Services>,
    /// Where the guest's answers go.
    pub(crate) next: Option<Mailbox>,
    /// The actor panics at every so manieth trap of its guest.
    pub(crate) panic_every_trap: Option<u64>,
}

impl Plan {
    fn book(&self) -> &Book {
        self.services.tally.book(self.place)
    }

    async fn start_guest(&self) -> Guest {
        let started = self
            .engine
            .start(&self.guest, self.place, &self.services)
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
    /// Starts a worker and returns its mailbox.
    pub(crate) async fn open(supervisor: &ActorRef<Supervisor>, plan: Plan) -> Self {
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
        component.scope(|| metrics::MAILBOX_CAPACITY.set(MAILBOX));
        let actor = Worker::supervise_with(supervisor, make)
            .restart_policy(RestartPolicy::Transient)
            .restart_limit(RESTARTS, RESTART_WINDOW)
            .spawn_with_mailbox(mailbox::bounded(MAILBOX))
            .await;
        Self {
            component,
            plan,
            actor,
        }
    }

    /// Puts a message in, waiting for room; false if the worker is gone.
    #[instrumented(component = self.component)]
    pub(crate) async fn put(&self, mail: Mail) -> bool {
        match self
            .actor
            .tell(Letter::new(self.component, mail))
            .send()
            .await
        {
            Ok(()) => {
                metrics::MESSAGES_ACCEPTED.inc();
                self.plan.book().add(Figure::Accepted, 1);
                true
            }
            Err(SendError::ActorNotRunning(letter) | SendError::MailboxFull(letter)) => {
                letter.take_back();
                false
            }
            Err(_) => false,
        }
    }

    /// Shows how many messages wait.
    pub(crate) fn sample(&self) {
        let room = self.actor.mailbox_sender().capacity().unwrap_or(MAILBOX);
        self.component
            .scope(|| metrics::MAILBOX_DEPTH.set(MAILBOX - room));
    }

    /// Stops the worker once it has handled what it has. A panic on the way can swallow the request, so it is repeated
    /// until the mailbox is closed.
    pub(crate) async fn close(&self) {
        loop {
            // An error means that the worker is gone already, which is what is wanted.
            let _gone = self.actor.stop_gracefully().await;
            if tokio::time::timeout(Duration::from_millis(500), self.actor.wait_for_shutdown())
                .await
                .is_ok()
            {
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
}

impl Actor for Worker {
    type Args = Start;
    type Error = Infallible;

    async fn on_start(Start { plan, again }: Start, _: ActorRef<Self>) -> Result<Self, Infallible> {
        let component = plan.component;
        let start = async {
            if again {
                metrics::RESTARTS.with(Cause::Panic).inc();
            }
            let guest = plan.start_guest().await;
            Ok(Self { plan, guest })
        };
        start.in_component(component).await
    }

    /// Whatever the message, its handling happens inside the component: this is all that obs needs of an actor.
    async fn on_message(
        &mut self,
        message: BoxMessage<Self>,
        actor: ActorRef<Self>,
        reply: Option<BoxReplySender>,
        stop: &mut bool,
    ) -> Result<(), Box<dyn ReplyError>> {
        let component = self.plan.component;
        let handling = async {
            metrics::MESSAGES_RECEIVED.inc();
            let _in_flight = metrics::MESSAGES_IN_FLIGHT.in_flight();
            let _timer = metrics::PROCESSING_LATENCY.start_timer();
            message.handle_dyn(self, actor, reply, stop).await
        };
        handling.in_component(component).await
    }
}

impl Message<Letter> for Worker {
    type Reply = ();

    async fn handle(&mut self, letter: Letter, _: &mut Context<Self, ()>) {
        let mail = letter.open();
        let key = mail.key.clone();
        let outcome = match self.guest.call(mail.key, mail.body, mail.budget).await {
            Ok(body) => {
                self.pass_on(Mail {
                    key,
                    body,
                    budget: mail.budget,
                })
                .await;
                Outcome::Ok
            }
            Err(Outcome::Error) => Outcome::Error,
            Err(fault) => self.recover(fault).await,
        };
        metrics::MESSAGES_PROCESSED.with(outcome).inc();
        self.plan.book().handled(outcome);
    }
}

impl Worker {
    async fn pass_on(&self, mail: Mail) {
        if let Some(next) = &self.plan.next
            && next.put(mail).await
        {
            metrics::MESSAGES_SENT.inc();
        }
    }

    /// Gives the component a new store after a trap, or panics if the plan says so.
    #[instrumented(component = self.plan.component)]
    async fn recover(&mut self, fault: Outcome) -> Outcome {
        let book = self.plan.book();
        let traps = book.trapped();
        if self
            .plan
            .panic_every_trap
            .is_some_and(|every| traps.is_multiple_of(every))
        {
            metrics::MESSAGES_PROCESSED.with(Outcome::Panic).inc();
            book.handled(Outcome::Panic);
            // A real panic for everyone but the panic hook, which would write into the dashboard.
            panic::resume_unwind(Box::new("crashed on schedule"));
        }
        metrics::RESTARTS.with(Cause::Trap).inc();
        book.add(Figure::Restarts, 1);
        self.guest = self.plan.start_guest().await;
        fault
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
