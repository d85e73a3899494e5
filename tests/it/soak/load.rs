//! All clients, each on a thread of its own, and what became of their connections.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Barrier, Mutex};
use std::thread::{JoinHandle, sleep};
use std::time::Duration;

use crate::attacks;
use crate::client::Seen;
use crate::plan::Plan;

/// Room for a thread that keeps little on its stack.
const STACK_BYTES: usize = 128 * 1024;

/// Connections by what their clients did and how they ended; none where the system did not connect them.
pub(crate) type Tally = BTreeMap<(&'static str, Option<Seen>), u64>;

/// What all threads share.
#[derive(Default)]
pub(crate) struct Shared {
    /// Whether it is over. Written once; nothing hangs on when it is read.
    stop: AtomicBool,
    /// Whether the crowd goes on. Its leader writes it between two barriers, which order it before all reads.
    decision: AtomicBool,
    tally: Mutex<Tally>,
}

/// All threads that attack.
pub(crate) struct Load {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

impl Load {
    pub(crate) fn start(address: SocketAddr, plan: &Plan) -> Load {
        let mut load = Load {
            shared: Arc::default(),
            threads: Vec::new(),
        };
        let crowd = Arc::new(Barrier::new(plan.crowd));
        let ((halves, each), stall) = (plan.halves, Duration::from_secs(plan.stall_seconds));
        for at in 0..plan.crowd {
            let crowd = crowd.clone();
            load.spawn(move |shared| attacks::crowd(shared, address, at, &crowd));
        }
        let mut many = |threads: usize, attack: fn(&Shared, SocketAddr)| {
            (0..threads).for_each(|_| load.spawn(move |shared| attack(shared, address)));
        };
        many(plan.floods, attacks::flood);
        many(plan.half_closed, attacks::half_closed);
        many(plan.leaving, attacks::leaving);
        many(plan.malformed, attacks::malformed);
        many(plan.bodies, attacks::body);
        many(plan.kept, attacks::kept);
        many(plan.dripping, attacks::dripping);
        many(1, attacks::steady);
        for _ in 0..halves {
            load.spawn(move |shared| attacks::halves(shared, address, each));
        }
        for at in 0..plan.stalled {
            // One after the other, so that the server soon has to keep as many snapshots for them as it ever will.
            let delay = stall * at as u32 / plan.stalled as u32;
            load.spawn(move |shared| attacks::stalled(shared, address, delay, stall));
        }
        load
    }

    fn spawn(&mut self, attack: impl FnOnce(&Shared) + Send + 'static) {
        let shared = self.shared.clone();
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
        let thread = thread.spawn(move || attack(&shared));
        self.threads.push(thread.expect("there is room for it"));
    }

    /// Lets everybody end what they have begun.
    pub(crate) fn stop(self) -> Tally {
        self.shared.stop.store(true, Relaxed);
        for thread in self.threads {
            thread.join().expect("nobody has failed");
        }
        let mut tally = self.shared.tally.lock().expect("nobody has failed");
        std::mem::take(&mut tally)
    }
}

impl Shared {
    pub(crate) fn goes_on(&self) -> bool {
        !self.stop.load(Relaxed)
    }

    /// Does it again and again, with a pause behind each time.
    pub(crate) fn repeat(&self, pause: Duration, mut attack: impl FnMut()) {
        while self.goes_on() {
            attack();
            sleep(pause);
        }
    }

    /// Lets the crowd go on, or not, until it is decided again.
    pub(crate) fn decide(&self) {
        self.decision.store(self.goes_on(), Relaxed);
    }

    pub(crate) fn decided(&self) -> bool {
        self.decision.load(Relaxed)
    }

    /// Counts how a connection ended.
    pub(crate) fn count(&self, what: &'static str, seen: Option<Seen>) {
        let mut tally = self.tally.lock().expect("nobody fails while counting");
        *tally.entry((what, seen)).or_default() += 1;
    }
}
