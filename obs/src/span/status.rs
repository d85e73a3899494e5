//! What a span is to others: its kind, its edge, its status.

/// A span's role in a call between components or processes, as OpenTelemetry has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u8)]
pub enum Kind {
    /// None.
    #[default]
    Internal,
    /// It answers a request.
    Server,
    /// It makes a request and waits for the answer.
    Client,
    /// It sends a message.
    Producer,
    /// It takes in a message.
    Consumer,
}

/// How a span hangs on its parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u8)]
pub enum Edge {
    /// The parent waits for it.
    #[default]
    Call,
    /// Nobody waits for it.
    Detached,
    /// It is the time that something waited in a queue.
    Queue,
}

/// How a span went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u8)]
pub enum Status {
    /// Nobody said.
    #[default]
    Unset,
    /// Somebody said that it went well.
    Ok,
    /// It failed.
    Error,
    /// It unwound.
    Panicked,
    /// Its future was dropped before it was ready.
    Cancelled,
}

/// The value of that number, which records hold.
macro_rules! numbered {
    ($($of:ident: $($value:ident),+;)+) => {$(
        impl $of {
            pub(crate) fn numbered(number: u32) -> $of {
                $(if number == $of::$value as u32 {
                    return $of::$value;
                })+
                $of::default()
            }
        }
    )+};
}

numbered! {
    Kind: Internal, Server, Client, Producer, Consumer;
    Edge: Call, Detached, Queue;
    Status: Unset, Ok, Error, Panicked, Cancelled;
}

impl Status {
    /// Whether it is a fault: an error or a panic.
    pub fn is_failure(self) -> bool {
        matches!(self, Status::Error | Status::Panicked)
    }
}
