//! Traces stored, damaged, refused and found again.

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::{Retention, Traces};
use crate::model::trace::fixture::{any_trace, span, trace};
use crate::model::trace::{Policy, Trace, TraceId};
use crate::query::traces::{Cursor, Order, Query, Received, Search};
use crate::store::Database;
use crate::store::failing::Medium;

const SECOND: u64 = 1_000_000_000;
const NOW: u64 = 1_700_001_000 * SECOND;

fn database(medium: &Medium) -> Arc<Database> {
    let medium = medium.clone();
    Arc::new(Database::made(move || Box::new(medium.clone())).unwrap())
}

fn traces(medium: &Medium, retention: Retention) -> Traces {
    Traces::new(retention, Some(database(medium)), NOW)
}

/// Nothing stays in memory, so that everything is found on disk.
fn disk_alone() -> Retention {
    Retention {
        memory_bytes: 0,
        ..Retention::default()
    }
}

fn id(number: u128) -> TraceId {
    TraceId::new(number).unwrap()
}

fn simple(number: u128, policy: Policy) -> Arc<Trace> {
    let mut trace = trace(
        number,
        vec![span(1, None, "op", (number as u64, number as u64 + 5))],
    );
    trace.kept.policy = policy;
    Arc::new(trace)
}

fn search(query: &str) -> Search {
    Search {
        query: query.parse().unwrap(),
        limit: 10_000,
        ..Search::default()
    }
}

fn ids(traces: &Traces, query: &str) -> Vec<u128> {
    let found = search(query).run(traces, Received::default(), NOW);
    let mut ids: Vec<_> = found.traces.iter().map(|trace| trace.id.get()).collect();
    ids.sort_unstable();
    assert_eq!(found.coverage.matched, ids.len() as u64);
    ids
}

#[test]
fn what_was_kept_is_there_after_a_restart() {
    let medium = Medium::default();
    let all: Vec<Trace> = (0..600).map(any_trace).collect();
    let kept = traces(&medium, disk_alone());
    for (turn, some) in all.chunks(20).enumerate() {
        some.iter()
            .for_each(|trace| kept.keep(Arc::new(trace.clone())));
        kept.turn(NOW + turn as u64 * SECOND).unwrap();
    }
    let blocks = kept.held().blocks;
    assert!(
        blocks < 6 * 8 * 2,
        "small blocks become large ones: {blocks}"
    );
    drop(kept);
    let again = traces(&medium, disk_alone());
    assert_eq!(again.held().blocks, blocks);
    for trace in &all {
        assert_eq!(again.get(trace.id).unwrap().as_deref(), Some(trace));
    }
    assert_eq!(ids(&again, "").len(), 600);
    assert_eq!(again.counts().damaged_blocks, 0);
    assert_eq!(again.get(id(5)), Ok(None));
}

#[test]
fn a_newer_version_replaces_an_earlier_one_wherever_it_is() {
    let medium = Medium::default();
    let kept = traces(&medium, disk_alone());
    (1..=500).for_each(|number| kept.keep(simple(number, Policy::Baseline)));
    kept.turn(NOW).unwrap();
    for number in [3, 400] {
        let mut newer = Trace::clone(&simple(number, Policy::Error));
        newer
            .spans
            .push(span(2, Some(1), "late", (number as u64, number as u64 + 1)));
        kept.keep(Arc::new(newer.clone()));
        kept.keep(Arc::new(newer));
    }
    kept.turn(NOW).unwrap();
    for traces in [&kept, &traces(&medium.clone(), disk_alone())] {
        assert_eq!(ids(traces, "").len(), 500);
        assert_eq!(ids(traces, "op:late policy:error"), [3, 400]);
        assert_eq!(ids(traces, "policy:baseline").len(), 498);
        assert_eq!(traces.get(id(3)).unwrap().unwrap().spans.len(), 2);
    }
}

#[test]
fn late_spans_join_their_trace_on_disk_and_in_memory() {
    for retention in [disk_alone(), Retention::default()] {
        let kept = traces(&Medium::default(), retention);
        kept.keep(simple(7, Policy::Slow));
        kept.turn(NOW).unwrap();
        let mut late = trace(7, vec![span(2, Some(1), "late", (8, 9))]);
        late.missing.ring_full = true;
        kept.keep_late(late);
        kept.keep_late(trace(7, vec![span(3, Some(2), "later", (8, 9))]));
        kept.keep_late(trace(8, vec![span(3, Some(2), "of nothing", (8, 9))]));
        kept.turn(NOW).unwrap();
        let whole = kept.get(id(7)).unwrap().unwrap();
        assert_eq!((whole.spans.len(), whole.missing.ring_full), (3, true));
        assert_eq!(ids(&kept, ""), [7]);
    }
}

#[test]
fn what_a_caller_called_later_joins_what_is_on_disk_alone() {
    let medium = Medium::default();
    let called = |number, ms| {
        let mut root = span(number, Some(99), "called", ms);
        root.remote_parent = true;
        trace(7, vec![root])
    };
    let kept = traces(&medium, disk_alone());
    kept.keep(Arc::new(called(1, (7, 8))));
    kept.turn(NOW).unwrap();
    drop(kept);
    let kept = traces(&medium, disk_alone());
    let second = called(2, (60_000, 60_001));
    assert!(kept.has_part_of(second.id) && !kept.has_part_of(id(8)));
    let mut failed = second;
    failed.kept.policy = Policy::Error;
    kept.keep_late(failed);
    kept.turn(NOW).unwrap();
    let whole = kept.get(id(7)).unwrap().unwrap();
    assert_eq!((whole.spans.len(), whole.kept.policy), (2, Policy::Error));

    // What it was to join is gone by then.
    let mut third = called(3, (1, 2));
    third.id = id(8);
    kept.keep_late(third.clone());
    kept.turn(NOW).unwrap();
    assert_eq!(ids(&kept, ""), [7, 8]);
    let in_memory = Traces::new(Retention::default(), None, NOW);
    in_memory.keep_late(third);
    assert_eq!(ids(&in_memory, ""), [8]);
}

#[test]
fn a_block_goes_with_the_last_of_its_traces() {
    let kept = traces(&Medium::default(), disk_alone());
    for round in 0..50 {
        kept.keep(simple(1, Policy::Slow));
        kept.turn(NOW + round).unwrap();
        assert_eq!(kept.held().blocks, 1);
    }
}

#[test]
fn what_is_old_goes_and_is_counted() {
    let retention = Retention {
        age: Duration::from_secs(1600),
        ..disk_alone()
    };
    let kept = traces(&Medium::default(), retention);
    for minute in 0..60 {
        kept.keep(simple(minute + 1, Policy::Slow));
        kept.turn(NOW + minute as u64 * 60 * SECOND).unwrap();
    }
    let there = ids(&kept, "");
    let earliest = *there.first().unwrap();
    assert_eq!(
        there,
        (earliest..=60).collect::<Vec<_>>(),
        "the newest are there"
    );
    let age = (60 - earliest) * 60;
    assert!(
        (1500..=1700).contains(&age),
        "{age} s: at most a sixteenth more than 1600 s"
    );
    assert_eq!(kept.counts().expired, [(Policy::Slow, earliest as u64 - 1)]);
    kept.turn(NOW + 10_000 * SECOND).unwrap();
    assert_eq!(ids(&kept, ""), []);
    assert_eq!(kept.held().disk_bytes, 0);
}

#[test]
fn what_is_too_much_goes_by_policy_and_age() {
    let retention = Retention {
        disk_bytes: 300_000,
        ..disk_alone()
    };
    let medium = Medium::default();
    let kept = traces(&medium, retention);
    for turn in 0..300_u64 {
        for number in 0..20_u64 {
            let mut trace = any_trace(turn * 20 + number);
            trace.kept.policy = if number == 0 {
                Policy::Error
            } else {
                Policy::Baseline
            };
            kept.keep(Arc::new(trace));
        }
        kept.turn(NOW + turn * SECOND).unwrap();
        assert!(kept.held().disk_bytes <= 300_000);
    }
    let counts = kept.counts();
    assert_eq!(
        ids(&kept, "policy:error").len(),
        300,
        "no error goes while there is a baseline"
    );
    let gone = counts
        .evicted_from_disk
        .iter()
        .map(|(policy, count)| (*policy, *count))
        .collect::<Vec<_>>();
    assert_eq!(
        gone,
        [(
            Policy::Baseline,
            300 * 19 - ids(&kept, "policy:baseline").len() as u64
        )]
    );
    let last: Vec<_> = (0..19)
        .map(|number| any_trace(299 * 20 + 1 + number).id)
        .collect();
    assert!(
        last.iter().all(|id| kept.get(*id).unwrap().is_some()),
        "the newest are there"
    );
    let mut bytes = 0;
    medium.change(|all| bytes = all.len());
    assert!(bytes < 4 << 20, "pages are used again: {bytes}");
}

#[test]
fn a_full_disk_loses_nothing_that_finds_room_in_the_queue() {
    let medium = Medium::default();
    let kept = traces(&medium, disk_alone());
    kept.keep(simple(1, Policy::Slow));
    kept.turn(NOW).unwrap();
    medium.limit(0);
    medium.refuse_to_sync(true);
    for number in 2..=1000 {
        kept.keep(simple(number, Policy::Slow));
        if number % 100 == 0 {
            let error = kept.turn(NOW).unwrap_err();
            assert!(
                error.contains("the disk refuses") || error.contains("cannot be opened"),
                "{error}"
            );
        }
    }
    assert_eq!(kept.held().waiting, 999);
    medium.refuse_to_sync(false);
    medium.unlimit();
    kept.turn(NOW).unwrap();
    assert_eq!(kept.held().waiting, 0);
    assert_eq!(ids(&kept, "").len(), 1000);
    drop(kept);
    assert_eq!(ids(&traces(&medium, disk_alone()), "").len(), 1000);
}

#[test]
fn a_disk_without_room_goes_on_once_there_is_some() {
    let medium = Medium::default();
    let kept = traces(
        &medium,
        Retention {
            memory_bytes: 1 << 30,
            ..Retention::default()
        },
    );
    kept.keep(simple(1, Policy::Slow));
    kept.turn(NOW).unwrap();
    medium.limit(1 << 20);
    let mut refused = 0;
    for number in 0..5_000 {
        kept.keep(Arc::new(any_trace(number)));
        if number % 250 == 249 {
            refused += u64::from(kept.turn(NOW).is_err());
        }
    }
    assert!(refused > 0);
    assert_eq!(ids(&kept, "").len(), 5_001, "all are in memory");
    medium.unlimit();
    kept.turn(NOW).unwrap();
    let dropped = kept.counts().dropped_store_budget;
    drop(kept);
    let there = ids(&traces(&medium, disk_alone()), "").len() as u64;
    assert_eq!(there + dropped, 5_001);
}

#[test]
fn a_queue_that_is_full_drops_and_counts() {
    let retention = Retention {
        queue_bytes: 10_000,
        ..disk_alone()
    };
    let kept = traces(&Medium::default(), retention);
    (1..=1000).for_each(|number| kept.keep(simple(number, Policy::Slow)));
    kept.turn(NOW).unwrap();
    let there = ids(&kept, "").len() as u64;
    assert!(there > 0 && there < 1000);
    assert_eq!(kept.counts().dropped_store_budget, 1000 - there);
    assert_eq!(kept.counts().stored, there);
}

#[test]
fn a_thread_writes_what_waits_until_it_is_closed() {
    let medium = Medium::default();
    let kept = traces(&medium, disk_alone());
    std::thread::scope(|scope| {
        scope.spawn(|| kept.run(|| NOW));
        (1..=100).for_each(|number| kept.keep(simple(number, Policy::Slow)));
        kept.close();
    });
    assert_eq!(ids(&kept, "").len(), 100);
    kept.keep(simple(101, Policy::Slow));
    assert_eq!(kept.counts().dropped_store_budget, 1);
}

#[test]
fn what_left_memory_is_gone_where_there_is_no_disk() {
    let few = Retention {
        memory_bytes: 10_000,
        ..Retention::default()
    };
    let all = [Traces::new(few, None, NOW), traces(&Medium::default(), few)];
    let [memory_alone, with_disk] = all.map(|kept| {
        (1..=100).for_each(|number| kept.keep(simple(number, Policy::Slow)));
        kept.turn(NOW).unwrap();
        let coverage = search("").run(&kept, Received::default(), NOW).coverage;
        (coverage.held, coverage.evicted)
    });
    assert!(memory_alone.1 > 0, "{memory_alone:?}");
    assert_eq!(memory_alone.0 + memory_alone.1, 100);
    assert_eq!(with_disk, (100, 0));
}

#[test]
fn an_answer_says_over_how_much_it_speaks() {
    let kept = traces(&Medium::default(), disk_alone());
    (0..500).for_each(|seed| kept.keep(Arc::new(any_trace(seed))));
    kept.turn(NOW).unwrap();
    let sparing = Search {
        read_bytes: 1,
        ..search("text:nowhere")
    };
    let received = || Received {
        traces: 5000,
        kept: Vec::new(),
    };
    let coverage = sparing.run(&kept, received(), NOW).coverage;
    assert_eq!((coverage.matched, coverage.held), (0, 500));
    assert!(
        coverage.unsearched > 250 && !coverage.is_complete(),
        "{coverage:?}"
    );
    let found = Search {
        limit: 5,
        ..search("")
    }
    .run(&kept, received(), NOW);
    let coverage = found.coverage;
    assert_eq!(
        (coverage.matched, coverage.shown, coverage.received.clone()),
        (500, 5, received())
    );
    assert!(coverage.is_complete());
    assert!(coverage.matched_stand_for > 500.0);
    let (earliest, latest) = coverage.range_ns.unwrap();
    assert!(earliest < latest && earliest >= 1_700_000_000 * SECOND);
}

#[test]
fn answers_go_on_where_the_last_one_ended() {
    let kept = traces(
        &Medium::default(),
        Retention {
            memory_bytes: 200_000,
            ..Retention::default()
        },
    );
    (0..200).for_each(|seed| kept.keep(Arc::new(any_trace(seed))));
    kept.turn(NOW).unwrap();
    for order in ["newest", "slowest", "spans", "self:storage.*"] {
        let order: Order = order.parse().unwrap();
        let whole = Search {
            order: order.clone(),
            ..search("")
        }
        .run(&kept, Received::default(), NOW);
        let mut pages = Vec::new();
        let mut after: Option<Cursor> = None;
        loop {
            let page = Search {
                order: order.clone(),
                limit: 37,
                after,
                ..search("")
            };
            let page = page.run(&kept, Received::default(), NOW);
            pages.extend(page.traces);
            after = page.next.map(|cursor| cursor.to_string().parse().unwrap());
            if after.is_none() {
                break;
            }
        }
        assert_eq!(pages.len(), 200);
        assert!(pages == whole.traces, "{order}");
        let figures: Vec<u64> = pages
            .iter()
            .map(|trace| match order {
                Order::Newest => trace.start_ns,
                Order::Slowest => trace.duration_ns,
                Order::MostSpans => u64::from(trace.spans),
                Order::MostOwnTime(_) => trace.own_ns.unwrap(),
            })
            .collect();
        assert!(figures.is_sorted_by(|a, b| a >= b), "{order}");
    }
}

/// Conditions of every kind, of which queries are made.
fn queries() -> impl Strategy<Value = String> {
    let conditions = prop::sample::select(vec![
        "op:storage.*",
        "op:GRÖSSE",
        "op:größe",
        "root:\"GET /\"",
        "comp:auth",
        "comp:*",
        "dur>20ms",
        "dur<5ms",
        "self>10ms",
        "self<1ms",
        "self=0",
        "err",
        "status:cancelled",
        "kind:server",
        "attr.user",
        "attr.user=user-7",
        "attr.rows=-3",
        "attr.rows>10",
        "attr.cached:t*",
        "attr.ratio=2.5",
        "has:event",
        "has:link",
        "event:retry",
        "event:RETRY",
        "text:\"timed out\"",
        "storage",
        "spans>6",
        "trace:4",
        "since:17m",
        "until:16m50s",
        "policy:slow",
        "incomplete",
        "span{op:storage.get err}",
        "span{dur>20ms kind:client}",
        "span{!err attr.user}",
        "span{comp:auth or comp:store}",
    ]);
    let some = prop::collection::vec((conditions, any::<bool>(), any::<bool>()), 1..4);
    some.prop_map(|some| {
        let mut query = String::new();
        for (condition, not, or) in some {
            query += if or && !query.is_empty() { " or " } else { " " };
            query += if not { "!" } else { "" };
            query += condition;
        }
        query
    })
}

#[test]
fn the_disk_answers_as_matching_one_by_one_does() {
    let all: Vec<Trace> = (0..200).map(any_trace).collect();
    let kept = traces(&Medium::default(), disk_alone());
    all.iter()
        .for_each(|trace| kept.keep(Arc::new(trace.clone())));
    kept.turn(NOW).unwrap();
    let mut runner = TestRunner::new(Config::with_cases(150));
    let checked = runner.run(&queries(), |text| {
        let query: Query = text.parse().unwrap();
        let matching = all.iter().filter(|trace| query.matches(trace, NOW));
        let mut expected: Vec<_> = matching.map(|trace| trace.id.get()).collect();
        expected.sort_unstable();
        prop_assert_eq!(ids(&kept, &text), expected, "{}", text);
        Ok(())
    });
    checked.unwrap();
}

#[test]
fn a_file_that_breaks_whoever_reads_it_is_set_aside() {
    let directory = crate::store::tests::Directory::new("breaks");
    let open = || {
        let database = Arc::new(Database::open(directory.path(), NOW).unwrap());
        let kept = Traces::new(disk_alone(), Some(Arc::clone(&database)), NOW);
        (database, kept)
    };
    let (database, kept) = open();
    (1..=300).for_each(|number| kept.keep(simple(number, Policy::Slow)));
    kept.turn(NOW).unwrap();
    drop((kept, database));
    // All but what the library has sums of.
    let mut bytes = std::fs::read(directory.file()).unwrap();
    bytes[4096..].fill(0xa5);
    std::fs::write(directory.file(), bytes).unwrap();
    let (database, kept) = open();
    let mut failed = 0;
    for number in 5000..5010 {
        kept.keep(simple(number, Policy::Slow));
        failed += u64::from(kept.turn(NOW).is_err());
    }
    assert!(failed < 4, "it goes on: {failed} turns failed");
    assert_eq!(database.figures().set_aside, 1);
    drop((kept, database));
    let (database, kept) = open();
    assert_eq!(ids(&kept, ""), (5000..5010).collect::<Vec<_>>());
    assert_eq!(database.figures().set_aside, 0);
}

#[test]
fn an_index_that_is_damaged_is_made_again_from_its_block() {
    let medium = Medium::default();
    let kept = traces(&medium, disk_alone());
    (1..=50).for_each(|number| kept.keep(simple(number, Policy::Error)));
    kept.turn(NOW).unwrap();
    kept.keep(simple(7, Policy::Error));
    kept.turn(NOW).unwrap();
    drop(kept);
    let database = database(&medium);
    let table: redb::TableDefinition<'_, (u64, u32), &[u8]> =
        redb::TableDefinition::new("trace_indexes");
    let spoilt = database.write(NOW, |transaction| {
        transaction
            .open_table(table)?
            .insert((1, 0), [1, 2, 3].as_slice())?;
        Ok(())
    });
    spoilt.unwrap();
    let kept = Traces::new(disk_alone(), Some(Arc::clone(&database)), NOW);
    assert_eq!(ids(&kept, "policy:error"), (1..=50).collect::<Vec<_>>());
    assert_eq!(kept.counts().damaged_blocks, 1);
    drop(kept);
    let again = Traces::new(disk_alone(), Some(database), NOW);
    assert_eq!(again.counts().damaged_blocks, 0);
    assert!(again.get(id(3)).unwrap().is_some());
}

/// What a damaged medium gives is what was written, or nothing.
fn check_damaged(medium: &Medium, all: &[Trace], what: &str) {
    let Ok(database) = std::panic::catch_unwind(|| {
        let medium = medium.clone();
        Database::made(move || Box::new(medium.clone()))
    }) else {
        panic!("{what}: it does not open, and breaks whoever tries");
    };
    let Ok(database) = database else {
        return;
    };
    let kept = Traces::new(disk_alone(), Some(Arc::new(database)), NOW);
    for trace in all {
        if let Ok(Some(found)) = kept.get(trace.id) {
            assert!(*found == *trace, "{what}: another trace than was written");
        }
    }
    let found = search("!text:nowhere").run(&kept, Received::default(), NOW);
    for summary in found.traces {
        assert!(
            all.iter().any(|trace| trace.id == summary.id),
            "{what}: a trace that nobody wrote"
        );
    }
    let _ = kept.turn(NOW);
}

#[test]
fn flipped_bits_never_break_the_reader_or_make_up_a_trace() {
    let medium = Medium::default();
    let all: Vec<Trace> = (0..60).map(any_trace).collect();
    let kept = traces(&medium, disk_alone());
    for some in all.chunks(10) {
        some.iter()
            .for_each(|trace| kept.keep(Arc::new(trace.clone())));
        kept.turn(NOW).unwrap();
    }
    drop(kept);
    let mut whole = Vec::new();
    medium.change(|bytes| whole = bytes.clone());
    let used = whole.iter().rposition(|byte| *byte != 0).unwrap();
    let mut dice = crate::model::trace::fixture::Dice(1);
    for _ in 0..120 {
        let bit = dice.below(used as u64 * 8) as usize;
        let damaged = Medium::default();
        damaged.change(|bytes| {
            *bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
        });
        check_damaged(&damaged, &all, &format!("bit {bit}"));
    }
    for _ in 0..20 {
        let length = dice.below(whole.len() as u64) as usize;
        let damaged = Medium::default();
        damaged.change(|bytes| *bytes = whole[..length].to_vec());
        check_damaged(&damaged, &all, &format!("{length} bytes"));
    }
}
