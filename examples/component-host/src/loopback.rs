//! What the component echo talks to: a server on the loopback address that sends back what it gets, and an address where
//! nobody listens.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use obs::InComponent;
use obs::host::operations::{Connection, NetworkOperation, OperationGuard};
use obs::host::{Metered, Side};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::schedule::Stopped;

/// Every so many connections, the answer takes a while.
const SLOW_EVERY: u64 = 8;
/// How long then: the guest has more patience, and whoever looks at the open connections sees one.
const SLOW: Duration = Duration::from_millis(80);

/// Listens on behalf of a component.
pub(crate) async fn listen(component: obs::Component) -> io::Result<TcpListener> {
    let listening = async {
        let operation = OperationGuard::start(NetworkOperation::Listen);
        let listener = TcpListener::bind("127.0.0.1:0").await;
        operation.end(&listener);
        listener
    };
    listening.in_component(component).await
}

/// An address where nobody listens: whoever had the port has given it up.
pub(crate) async fn abandoned() -> io::Result<SocketAddr> {
    TcpListener::bind("127.0.0.1:0").await?.local_addr()
}

/// Sends everybody back what they send, until the host stops.
pub(crate) async fn serve(listener: TcpListener, component: obs::Component, mut stopped: Stopped) {
    let mut connections = JoinSet::new();
    let mut accepted_so_far = 0_u64;
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.wait_for(|stopped| *stopped) => return,
        };
        let operation = component.scope(|| OperationGuard::start(NetworkOperation::Accept));
        component.scope(|| operation.end(&accepted));
        if let Ok((stream, _)) = accepted {
            accepted_so_far += 1;
            let is_slow = accepted_so_far.is_multiple_of(SLOW_EVERY);
            let pause = if is_slow { SLOW } else { Duration::ZERO };
            connections.spawn(Metered::task(echo(stream, pause)).in_component(component));
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn echo(mut stream: TcpStream, pause: Duration) {
    let _connection = Connection::open(Side::Inbound);
    tokio::time::sleep(pause).await;
    let (mut read, mut write) = stream.split();
    // Who has gone needs no answer.
    let _gone = tokio::io::copy(&mut read, &mut write).await;
}
