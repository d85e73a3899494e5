//! The broker: records go to whoever has subscribed, questions to whoever has the address.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use obs::host::broker::{DeadLetter, PublishError};
use obs::host::messages::{Export, RequestGuard, RequestOutcome};
use obs::host::{self, Metered};
use obs::{Bound, Carrier, InComponent, InContext, InFlight, span};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time;

use crate::actor::Mailbox;
use crate::engine::{AMPLE, Budget};
use crate::imports::Services;
use crate::mail::Mail;
use crate::request::Request;
use crate::tally::{Figure, Tally, Whole};

/// Records that wait for a subscriber at most. *More means* more memory when one is slow, *less means* more records refused;
/// default 1,024.
const ROOM: usize = 1_024;
/// The longest record.
pub(crate) const MOST_BYTES: usize = 4_096;
/// How long a question may go unanswered.
const PATIENCE: Duration = Duration::from_millis(100);
/// Tasks that share the work of the journal.
const POOL: usize = 2;

/// A record on its way, and who published it, and when.
type Record = (Carrier, Arc<str>);

/// Who has subscribed, and who has an address.
pub(crate) struct Broker {
    seen: host::broker::Broker,
    subscribers: Mutex<Vec<mpsc::Sender<Record>>>,
    addresses: Mutex<BTreeMap<&'static str, Mailbox>>,
}

/// What somebody has subscribed to, until this is dropped.
pub(crate) struct Subscription {
    records: mpsc::Receiver<Record>,
    seen: host::broker::Broker,
    _subscribed: InFlight<Bound>,
}

impl Broker {
    /// A broker that nobody has subscribed to.
    pub(crate) fn new() -> Self {
        Self {
            seen: host::broker::Broker::named("main"),
            subscribers: Mutex::default(),
            addresses: Mutex::default(),
        }
    }

    /// Gives a mailbox an address.
    pub(crate) fn register(&self, address: &'static str, mailbox: Mailbox) {
        let mut addresses = lock(&self.addresses);
        addresses.insert(address, mailbox);
        self.seen.registered(addresses.len());
    }

    /// Subscribes to every record from now on.
    pub(crate) fn subscribe(&self) -> Subscription {
        let (sender, records) = mpsc::channel(ROOM);
        lock(&self.subscribers).push(sender);
        Subscription {
            records,
            seen: self.seen.clone(),
            _subscribed: self.seen.subscribed(),
        }
    }

    /// Hands a record to every subscriber.
    ///
    /// # Errors
    ///
    /// The record is too long, or a subscriber has too many waiting.
    pub(crate) fn publish(&self, record: &str, tally: &Tally) -> Result<(), PublishError> {
        let publishing = self.seen.publish("record");
        tally.whole(Whole::Published, 1);
        let sent = (publishing.carrier(), Arc::from(record));
        let mut subscribers = lock(&self.subscribers);
        subscribers.retain(|subscriber| !subscriber.is_closed());
        let refusal = if record.len() > MOST_BYTES {
            Some(PublishError::Invalid)
        } else if subscribers
            .iter()
            .any(|subscriber| subscriber.capacity() == 0)
        {
            Some(PublishError::Full)
        } else {
            None
        };
        if let Some(error) = refusal {
            tally.whole(Whole::Refused, 1);
            publishing.failed(error);
            return Err(error);
        }
        let taken = subscribers
            .iter()
            .filter(|subscriber| subscriber.try_send(sent.clone()).is_ok());
        publishing.end(taken.count());
        Ok(())
    }

    /// Asks whoever has the address, on behalf of a component, which gets the answer as a callback.
    pub(crate) async fn ask(&self, from: &Mailbox, address: &str, key: &str, budget: Budget) {
        let asking = Metered::task(self.request(from, address, key, budget));
        asking.in_component(from.component()).await;
    }

    async fn request(&self, from: &Mailbox, address: &str, key: &str, budget: Budget) {
        from.plan().book().add(Figure::Requests, 1);
        let whole = span!("request.ask", root, kind = server, to = address);
        let whole = Request::of(whole);
        let mut request = whole.context().scope(RequestGuard::start);
        let Some(to) = lock(&self.addresses).get(address).cloned() else {
            self.seen.undeliverable(DeadLetter::UnknownAddress);
            whole.failed("nobody has the address");
            return request.end(RequestOutcome::Error);
        };
        let pending = self.seen.request();
        let (reply, answer) = oneshot::channel();
        let mail = Mail {
            reply: Some(reply),
            request: Some(whole.waiting_in(request.context())),
            ..Mail::new(key, b"hello".to_vec(), budget)
        };
        let first = mail.first;
        let answered = time::timeout(PATIENCE, async {
            to.put(mail).await;
            answer.await
        });
        match request.during(answered).await {
            Ok(Ok(body)) => {
                pending.over();
                request.end(RequestOutcome::Ok);
                let callback = Mail {
                    first,
                    export: Export::Callback,
                    request: Some(whole.clone()),
                    ..Mail::new(&String::from_utf8_lossy(&body), Vec::new(), AMPLE)
                };
                from.put(callback).in_context(whole.context()).await;
            }
            Ok(Err(_)) => {
                pending.over();
                whole.failed("no reply");
                request.end(RequestOutcome::NoReply);
            }
            Err(_) => {
                whole.failed("no reply in time");
                request.end(RequestOutcome::Timeout);
            }
        }
    }

    /// Lets every subscription come to its end.
    pub(crate) fn close(&self) {
        lock(&self.subscribers).clear();
        lock(&self.addresses).clear();
    }
}

impl Subscription {
    /// The next record; `None` once the broker has closed.
    pub(crate) async fn next(&mut self, tally: &Tally) -> Option<Arc<str>> {
        let (carrier, record) = self.records.recv().await?;
        self.seen.delivered(carrier);
        tally.whole(Whole::Delivered, 1);
        Some(record)
    }
}

impl Drop for Subscription {
    /// What still waits will not be received.
    fn drop(&mut self) {
        self.records.close();
        while self.records.try_recv().is_ok() {
            self.seen.dropped(DeadLetter::Closed);
        }
    }
}

/// Starts the journal: a pool of tasks that take note of every record.
pub(crate) fn journal(services: &Arc<Services>, jobs: &mut JoinSet<()>) {
    let subscription = services.broker.subscribe();
    let shared = Arc::new(tokio::sync::Mutex::new(subscription));
    for _ in 0..POOL {
        let (shared, services) = (shared.clone(), services.clone());
        jobs.spawn(async move {
            let _member = services.broker.seen.pool_member("journal");
            while shared.lock().await.next(&services.tally).await.is_some() {}
        });
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
