//! What a message carries, so that whoever takes it in goes on with the trace, and the time in the queue is known.

use super::context::{self, Context};
use super::group;
use super::local::local;
use super::running::{Origin, Running};
use super::site::{Description, Site};
use super::status::{Edge, Kind};
use crate::Moment;
use crate::clock::Stopwatch;

/// What a message carries: the span that sent it, and when.
///
/// A `Copy` value of 56 bytes. Made where the message is put into a queue; given to `parent` of the
/// [`span!`](crate::span!) of whoever takes it out, which then is a part of the sender's span, or follows from it; beside it
/// stands a span `queue` for the time between.
///
/// ```
/// use obs::{Carrier, span};
///
/// struct Message {
///     text: &'static str,
///     carrier: Carrier,
/// }
///
/// let (sender, receiver) = std::sync::mpsc::channel();
/// {
///     let _span = span!("order");
///     let carrier = Carrier::tell(); // nobody waits for an answer
///     sender.send(Message { text: "hello", carrier }).unwrap();
/// }
/// let message = receiver.recv().unwrap();
/// let _span = span!("handle", kind = consumer, parent = message.carrier);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Carrier {
    pub(super) context: Context,
    pub(super) sent: Stopwatch,
    pub(super) edge: Edge,
}

/// The time of a message in a queue.
static QUEUE: Site = Site::new(Description {
    name: "queue",
    keys: &[],
    kind: Kind::Internal,
    is_event: false,
    file: file!(),
    line: line!(),
    module: module_path!(),
});

impl Carrier {
    /// For a message whose sender waits for the answer.
    pub fn ask() -> Carrier {
        Carrier::of(Context::current(), Edge::Call)
    }

    /// For a message whose sender goes on.
    pub fn tell() -> Carrier {
        Carrier::of(Context::current(), Edge::Detached)
    }

    /// For a message that is sent in a context now.
    pub fn of(context: Context, edge: Edge) -> Carrier {
        Carrier {
            context,
            sent: Stopwatch::start(),
            edge,
        }
    }

    /// The span that sent the message.
    pub fn context(&self) -> Context {
        self.context
    }

    /// When it was sent.
    #[inline]
    pub fn sent(&self) -> Moment {
        Moment::of(self.sent)
    }

    /// Takes the message out: records the time in the queue, which ends at the moment that is returned.
    #[inline]
    pub(crate) fn receive(&self) -> Moment {
        let now = self.sent().read_again();
        self.received(now);
        now
    }

    /// Where the span of whoever has taken the message out comes from.
    #[inline]
    pub(crate) fn hanging(&self) -> Origin {
        Origin::Of(self.context, self.edge)
    }

    /// Records the time in the queue, which ended then.
    fn received(&self, at: Moment) {
        let Some(site) = QUEUE.number() else {
            return;
        };
        if self.context.flags() & context::RECORDED == 0 {
            return;
        }
        // Where nobody waits for the message, nobody waits for the queue.
        let edge = match self.edge {
            Edge::Call | Edge::Queue => Edge::Queue,
            Edge::Detached => Edge::Detached,
        };
        local(|local| {
            let remote = self.context.flags() & context::REMOTE != 0;
            let remote = if remote { group::REMOTE } else { 0 };
            Running::since(self.sent, self.context, site, edge, remote, local)
                .end_at(at.watch().reading(), local);
        });
    }
}

/// What can be the parent of a span; for the macro.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the parent of a span",
    note = "a parent is a `Context`, a `Carrier`, or `Some` of one"
)]
pub trait Parent {
    /// Where the span comes from.
    fn origin(self) -> Origin;
}

impl Parent for Context {
    #[inline]
    fn origin(self) -> Origin {
        Origin::Of(self, Edge::Call)
    }
}

impl Parent for &Context {
    #[inline]
    fn origin(self) -> Origin {
        Origin::Of(*self, Edge::Call)
    }
}

impl Parent for Carrier {
    fn origin(self) -> Origin {
        self.receive();
        self.hanging()
    }
}

impl Parent for &Carrier {
    fn origin(self) -> Origin {
        (*self).origin()
    }
}

impl<P: Parent> Parent for Option<P> {
    fn origin(self) -> Origin {
        self.map_or(Origin::Here, Parent::origin)
    }
}
