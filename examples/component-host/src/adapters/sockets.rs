//! Connections: a request and its answer over TCP.

use std::io;
use std::net::SocketAddr;

use obs::host::operations::{Connection, NetworkOperation, OperationGuard};
use obs::host::{Side, Transfer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Sends a request, closes the sending side, and returns all that comes back.
pub(crate) async fn exchange(address: SocketAddr, request: &[u8]) -> io::Result<Vec<u8>> {
    let connecting = OperationGuard::start(NetworkOperation::Connect);
    let connected = TcpStream::connect(address).await;
    connecting.end(&connected);
    let (mut stream, connection) = (connected?, Connection::open(Side::Outbound));
    let sending = OperationGuard::start(NetworkOperation::Send);
    let sent = stream.write_all(request).await;
    sending.bytes(Transfer::Write, request.len());
    sending.end(&sent);
    connection.sent(request.len());
    sent.and(stream.shutdown().await)?;
    let mut answer = Vec::new();
    let receiving = OperationGuard::start(NetworkOperation::Receive);
    let received = stream.read_to_end(&mut answer).await;
    receiving.bytes(Transfer::Read, answer.len());
    receiving.end(&received);
    connection.received(answer.len());
    received.map(|_| answer)
}
