//! What the handles for messages, operations, mailboxes and actors record, endings that nobody announces included.

use obs::host::mailbox::{DropReason, Stamp};
use obs::host::messages::{MessageOutcome, MessageType, RequestGuard, RequestOutcome};
use obs::host::operations::{
    ChildProcess, Connection, DenialReason, FileOperation, NetworkOperation, OperationGuard,
    ProcessOperation,
};
use obs::host::{Side, Transfer, actors, mailbox};
use obs::{Component, Moment};
use obs_runtime::test::{Recorded, read};

use crate::{recorded, unwind};

const PROCESSED: &str = "component_messages_processed_total";

#[test]
fn a_message_is_received_handled_and_timed_once() {
    let seen = recorded("host messages", |component| {
        let sent = Moment::now();
        let mut handling = MessageType::named("order").start_sent(sent);
        handling.first_sent(sent);
        assert_eq!(
            read(component).gauge("component_messages_in_flight", &[]),
            1.0
        );
        handling.end(MessageOutcome::Ok);
        MessageType::named("order")
            .start()
            .end(MessageOutcome::Trap);
    });
    assert_eq!(seen.counter("component_messages_received_total", &[]), 2);
    assert_eq!(seen.counter(PROCESSED, &[("outcome", "ok")]), 1);
    assert_eq!(seen.counter(PROCESSED, &[("outcome", "trap")]), 1);
    assert_eq!(seen.counter(PROCESSED, &[]), 2);
    assert_eq!(seen.counter(PROCESSED, &[("message_type", "order")]), 2);
    assert_eq!(
        seen.histogram("component_processing_latency_seconds", &[])
            .count,
        2
    );
    assert_eq!(seen.histogram("component_queue_wait_seconds", &[]).count, 1);
    assert_eq!(
        seen.histogram("component_end_to_end_latency_seconds", &[])
            .count,
        1
    );
    assert_eq!(seen.gauge("component_messages_in_flight", &[]), 0.0);
}

#[test]
fn a_message_that_nobody_ends_is_cancelled_or_panicked() {
    let seen = recorded("host messages unended", |_| {
        drop(MessageType::named("order").start());
        unwind(MessageType::named("order").start());
    });
    assert_eq!(seen.counter(PROCESSED, &[("outcome", "cancelled")]), 1);
    assert_eq!(seen.counter(PROCESSED, &[("outcome", "panic")]), 1);
    assert_eq!(seen.counter("component_panics_total", &[]), 1);
    assert_eq!(seen.gauge("component_messages_in_flight", &[]), 0.0);
}

/// Handles a message while the thread unwinds already, as a destructor may.
struct HandlesOnDrop;

impl Drop for HandlesOnDrop {
    fn drop(&mut self) {
        drop(MessageType::named("order").start());
    }
}

#[test]
fn a_message_handled_by_a_destructor_did_not_panic() {
    let seen = recorded("host messages unwinding", |_| unwind(HandlesOnDrop));
    assert_eq!(seen.counter(PROCESSED, &[("outcome", "cancelled")]), 1);
    assert_eq!(seen.counter("component_panics_total", &[]), 0);
}

#[test]
fn a_request_ends_once() {
    let seen = recorded("host requests", |_| {
        RequestGuard::start().end(RequestOutcome::Ok);
        RequestGuard::start().end(RequestOutcome::Timeout);
        drop(RequestGuard::start());
    });
    for outcome in ["ok", "timeout", "cancelled"] {
        assert_eq!(
            seen.counter("component_requests_total", &[("outcome", outcome)]),
            1
        );
    }
    assert_eq!(
        seen.counter("component_messages_sent_total", &[("pattern", "request")]),
        3
    );
    assert_eq!(
        seen.histogram("component_request_latency_seconds", &[])
            .count,
        3
    );
    assert_eq!(seen.gauge("component_requests_pending", &[]), 0.0);
}

#[test]
fn operations_of_all_kinds_are_one_family() {
    let seen = recorded("host operations", |_| {
        let reading = OperationGuard::start(FileOperation::Read);
        reading.bytes(Transfer::Read, 300);
        reading.end(&Ok::<_, ()>(()));
        OperationGuard::start(FileOperation::Read).end(&Err::<(), _>(()));
        OperationGuard::start(FileOperation::Delete).denied(DenialReason::Capability);
        OperationGuard::start(NetworkOperation::Connect).timed_out();
        OperationGuard::start(ProcessOperation::Kill)
            .elevated()
            .end(&Ok::<_, ()>(()));
        drop(OperationGuard::start(ProcessOperation::Spawn));
    });
    let count = |kind, operation, outcome| {
        let labels = [
            ("kind", kind),
            ("operation", operation),
            ("outcome", outcome),
        ];
        seen.counter("component_operations_total", &labels)
    };
    assert_eq!(count("filesystem", "read", "ok"), 1);
    assert_eq!(count("filesystem", "read", "error"), 1);
    assert_eq!(count("filesystem", "delete", "denied"), 1);
    assert_eq!(count("network", "connect", "timeout"), 1);
    assert_eq!(count("process", "kill", "ok"), 1);
    assert_eq!(count("process", "spawn", "cancelled"), 1);
    let kind = |metric, kind| seen.counter(metric, &[("kind", kind)]);
    assert_eq!(kind("component_operation_bytes_total", "filesystem"), 300);
    assert_eq!(kind("component_operations_denied_total", "filesystem"), 1);
    assert_eq!(kind("component_operation_timeouts_total", "network"), 1);
    assert_eq!(kind("component_operations_elevated_total", "process"), 1);
    assert_eq!(
        seen.counter("component_files_touched_total", &[("operation", "read")]),
        1
    );
    assert_eq!(
        seen.counter("component_files_touched_total", &[("operation", "delete")]),
        0
    );
    assert_eq!(
        seen.histogram("component_operation_duration_seconds", &[])
            .count,
        6
    );
    assert_eq!(seen.gauge("component_operations_in_flight", &[]), 0.0);
}

#[test]
fn connections_and_processes_are_counted_while_they_last() {
    let seen = recorded("host connections", |component| {
        let connection = Connection::open(Side::Outbound);
        connection.sent(10);
        connection.received(20);
        let open = read(component).gauge(
            "component_network_connections_open",
            &[("direction", "outbound")],
        );
        assert_eq!(open, 1.0);
        for code in [Some(0), Some(3), None] {
            let child = ChildProcess::spawned();
            assert_eq!(
                read(component).gauge("component_processes_running", &[]),
                1.0
            );
            child.exited(code);
        }
    });
    assert_eq!(seen.gauge("component_network_connections_open", &[]), 0.0);
    assert_eq!(
        seen.counter("component_network_bytes_total", &[("direction", "inbound")]),
        20
    );
    assert_eq!(
        seen.counter(
            "component_network_bytes_total",
            &[("direction", "outbound")]
        ),
        10
    );
    for exit in ["zero", "nonzero", "signal"] {
        assert_eq!(
            seen.counter("component_process_exits_total", &[("exit", exit)]),
            1
        );
    }
    assert_eq!(seen.gauge("component_processes_running", &[]), 0.0);
}

#[test]
fn a_stamp_is_opened_refused_or_lost() {
    let seen = recorded("host mailbox", |component| {
        for _ in 0..3 {
            mailbox::enqueued();
        }
        let received = Stamp::new(component).open();
        let waited = received.sent().until(received.at());
        assert!(waited < std::time::Duration::from_secs(60));
        Stamp::new(component).refuse(DropReason::Full);
        Stamp::new(component).refuse(DropReason::Ttl);
        drop(mailbox::blocked());
    });
    let lost = Component::register("host mailbox lost");
    drop(Stamp::new(lost));
    let dropped =
        |seen: &Recorded, reason| seen.counter("mailbox_dropped_total", &[("reason", reason)]);
    assert_eq!(seen.counter("mailbox_enqueued_total", &[]), 3);
    assert_eq!(seen.counter("mailbox_dequeued_total", &[]), 1);
    assert_eq!(seen.histogram("mailbox_wait_seconds", &[]).count, 1);
    assert_eq!((dropped(&seen, "full"), dropped(&seen, "ttl")), (1, 1));
    assert_eq!(
        dropped(&read(lost), "restart"),
        1,
        "for whom it was meant, not where it was lost"
    );
    assert_eq!(
        seen.counter("mailbox_backpressure_total", &[("strategy", "block")]),
        1
    );
    assert_eq!(seen.histogram("mailbox_send_blocked_seconds", &[]).count, 1);
}

#[test]
fn an_actor_stops_once_and_for_a_reason() {
    let seen = recorded("host actors", |_| {
        actors::ActorKind::named("worker")
            .spawn()
            .ready()
            .stopped(actors::StopReason::Normal);
        actors::ActorKind::named("worker").error(actors::ErrorAction::Resume);
        drop(actors::ActorKind::named("worker").spawn());
        drop(actors::ActorKind::named("worker").spawn().ready());
        unwind(actors::ActorKind::named("worker").spawn().ready());
    });
    let resumed = [("kind", "worker"), ("action", "resume")];
    assert_eq!(seen.counter("actor_error_actions_total", &resumed), 1);
    assert_eq!(seen.counter("actor_spawns_total", &[("outcome", "ok")]), 3);
    assert_eq!(
        seen.counter("actor_spawns_total", &[("outcome", "error")]),
        1
    );
    for reason in ["normal", "killed", "panic"] {
        assert_eq!(
            seen.counter("actor_stops_total", &[("reason", reason)]),
            1,
            "{reason}"
        );
    }
    assert_eq!(seen.histogram("actor_spawn_duration_seconds", &[]).count, 3);
}
