//! The connections that are open, and which of them gives way when there is no place for another.

use std::collections::HashMap;

use axum::Router;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::{AbortHandle, Id, JoinSet};

use super::phase::{Ended, Progress};
use super::{Limits, connection};
use crate::serve::connections::Refusal;

/// Whether there is a place for another connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    /// One has given way.
    Made,
    /// All are being answered.
    None,
    /// Whoever would give way may have sent a request that nobody has looked for.
    Unknown,
}

/// All open connections.
#[derive(Debug, Default)]
pub(super) struct Places {
    tasks: JoinSet<()>,
    taken: HashMap<Id, (AbortHandle, Progress)>,
}

impl Places {
    /// How many places are taken.
    pub(super) fn taken(&self) -> usize {
        self.taken.len()
    }

    /// Serves a connection on a task of its own.
    pub(super) fn serve(
        &mut self,
        stream: TcpStream,
        progress: Progress,
        router: Router,
        limits: Limits,
        stop: watch::Receiver<bool>,
    ) {
        let ended = Ended(progress.clone());
        let task = self.tasks.spawn(async move {
            connection::serve(stream, router, limits, &ended, stop).await;
        });
        self.taken.insert(task.id(), (task, progress));
    }

    /// Frees the places of connections that have ended.
    pub(super) fn reap(&mut self) {
        while let Some(ended) = self.tasks.try_join_next_with_id() {
            let task = match ended {
                Ok((task, ())) => task,
                Err(error) => error.id(),
            };
            self.taken.remove(&task);
        }
    }

    /// Cuts a connection that has ended and only lingers, or else the one that has waited longest for a request in full.
    pub(super) fn make_room(&mut self) -> Room {
        let waiting = self.taken.iter().filter_map(|(id, (_, progress))| {
            let (since, lingers) = progress.waiting_since()?;
            Some((!lingers, since, *id, progress.was_looked_at()))
        });
        let Some((_, _, first, looked_at)) =
            waiting.min_by_key(|(owes, since, ..)| (*owes, *since))
        else {
            return Room::None;
        };
        if !looked_at {
            return Room::Unknown;
        }
        if let Some((task, progress)) = self.taken.remove(&first) {
            // One that lingers has ended before, and is not counted again.
            progress.refuse(Refusal::GaveWay);
            task.abort();
        }
        Room::Made
    }

    /// Ready when every connection has ended.
    pub(super) async fn empty(&mut self) {
        while self.tasks.join_next().await.is_some() {}
    }
}
