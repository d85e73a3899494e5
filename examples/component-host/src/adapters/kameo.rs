//! kameo: messages that are stamped on their way through a mailbox.

use kameo::error::SendError;
use kameo::prelude::{Actor, ActorRef, Message};
use obs::Carrier;
use obs::host::mailbox::{self, DropReason, Stamp};

/// What is put into the mailbox: a message, and the stamp that tells who sent it, and counts it as lost if kameo lets it go
/// unread.
pub(crate) struct Letter<M> {
    pub(crate) stamp: Stamp,
    pub(crate) message: M,
}

/// Puts a message with a carrier into a mailbox, waiting for room; false if the actor is gone. Called inside the component `to`.
pub(crate) async fn send<A, M>(actor: &ActorRef<A>, to: obs::Component, mail: (Carrier, M)) -> bool
where
    A: Actor + Message<Letter<M>>,
    M: Send + 'static,
{
    let (stamp, message) = (Stamp::of(to, mail.0), mail.1);
    let mut sent = actor.tell(Letter { stamp, message }).try_send();
    if let Err(SendError::MailboxFull(letter)) = sent {
        let _blocked = mailbox::blocked();
        sent = actor.tell(letter).send().await;
    }
    let taken = sent.is_ok();
    match sent {
        Ok(()) => mailbox::enqueued(),
        Err(SendError::ActorNotRunning(letter)) => letter.stamp.refuse(DropReason::Closed),
        Err(_) => {} // What kameo does not give back, its stamp has counted.
    }
    taken
}
