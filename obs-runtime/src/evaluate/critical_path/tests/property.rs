//! Random traces against the second implementation, and what must hold of any path.

use super::oracle::{Oracle, Piece, Who};
use super::random::{Faults, Random, options, trace};
use crate::evaluate::critical_path::{Class, Node, Options, Path, Policy, Segment, Walker};
use crate::model::trace::Edge;

/// The stack of the second implementation, which goes down recursively.
const STACK_BYTES: usize = 1 << 30;

/// What a path is, in the words of the second implementation.
fn pieces(path: &Path<'_>) -> Vec<Piece> {
    let piece = |segment: &Segment| {
        let who = match path.missing(segment.node) {
            Some(missing) => Who::Missing(missing),
            None => Who::Node(segment.node as usize),
        };
        (who, segment.from_ns, segment.to_ns, segment.class)
    };
    path.segments().iter().map(piece).collect()
}

/// Whether both implementations say the same of a trace.
fn agree(walker: &mut Walker, nodes: &[Node], options: &Options) -> Result<(), String> {
    let path = walker.walk(nodes, options);
    holds_together(&path)?;
    let oracle = Oracle::new(nodes, options);
    let mut roots: Vec<usize> = path.other_roots().map(|root| root as usize).collect();
    roots.extend(path.root().map(|root| root as usize));
    roots.sort_unstable();
    let root = path.root().map(|root| root as usize);
    let expected = (
        oracle.root,
        oracle.roots.iter().copied().collect(),
        oracle.counts,
    );
    let found = (root, roots, path.counts());
    if found != expected {
        return Err(format!("{found:?} instead of {expected:?}"));
    }
    let (found, expected) = (pieces(&path), oracle.path());
    if found != expected {
        let at = found.iter().zip(&expected).position(|(a, b)| a != b);
        return Err(format!("at {at:?}: {found:?} instead of {expected:?}"));
    }
    Ok(())
}

/// In order, disjoint, within the time of its span, and all of the root's time.
fn holds_together(path: &Path<'_>) -> Result<(), String> {
    let segments = path.segments();
    let sum: u64 = segments.iter().map(Segment::duration_ns).sum();
    if sum != path.duration_ns() {
        return Err(format!("{sum} of {} ns", path.duration_ns()));
    }
    if !segments
        .iter()
        .all(|segment| segment.from_ns < segment.to_ns)
    {
        return Err("a segment has no length".to_owned());
    }
    if !segments
        .windows(2)
        .all(|pair| pair[0].to_ns == pair[1].from_ns)
    {
        return Err("segments overlap, or leave something out".to_owned());
    }
    let of = |node: u32| path.steps().iter().find(|step| step.node == node);
    for segment in segments.iter().take(200) {
        let within = of(segment.node)
            .is_some_and(|step| step.from_ns <= segment.from_ns && segment.to_ns <= step.to_ns);
        if !within {
            return Err(format!("{segment:?} is not within the time of its span"));
        }
    }
    if segments.len() > 6 * path.nodes().len() {
        return Err(format!("{} segments", segments.len()));
    }
    Ok(())
}

/// Lets both implementations judge random traces, of 10 to so many spans.
fn compare(traces: u64, most: u64) {
    let work = move || {
        let mut walker = Walker::new();
        for seed in 0..traces {
            let mut random = Random::new(seed);
            // As many of tens as of thousands.
            let doubled = random.below(u64::from(most.ilog2()) - 2);
            let spans = ((10 << doubled) + random.below(10 << doubled)).min(most);
            let faults = Faults::any(&mut random);
            let nodes = trace(&mut random, spans as usize, faults);
            let options = options(&mut random);
            if let Err(difference) = agree(&mut walker, &nodes, &options) {
                panic!("seed {seed}, {spans} spans, {options:?}: {difference}");
            }
        }
    };
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
    let thread = thread.spawn(work).expect("a thread");
    thread.join().expect("both implementations agree");
}

#[test]
fn random_traces_have_the_path_that_the_definitions_say() {
    compare(400, 300);
}

#[test]
#[ignore = "it takes a minute in release; `cargo xtask soak long` runs it"]
fn a_thousand_random_traces_of_up_to_10_000_spans_have_the_path_that_the_definitions_say() {
    compare(1_000, 10_000);
}

/// A node as a walk that is broken sees it.
fn breaks(spoil: fn(&mut Node), options: fn(&mut Options)) -> bool {
    let mut walker = Walker::new();
    (0..200).any(|seed| {
        let mut random = Random::new(seed);
        let nodes = trace(&mut random, 40, Faults::default());
        let asked = super::random::options(&mut random);
        let (mut spoiled, mut changed) = (nodes.clone(), asked);
        spoiled.iter_mut().for_each(spoil);
        options(&mut changed);
        let path = walker.walk(&spoiled, &changed);
        pieces(&path) != Oracle::new(&nodes, &asked).path()
    })
}

#[test]
fn a_walk_that_is_broken_is_found_out() {
    assert!(!breaks(|_| {}, |_| {}));
    // One that takes detached children for calls, forgets queues, or that spans are polled.
    assert!(breaks(
        |node| if node.edge == Edge::Detached {
            node.edge = Edge::Call
        },
        |_| {}
    ));
    assert!(breaks(
        |node| if node.edge == Edge::Queue {
            node.edge = Edge::Call
        },
        |_| {}
    ));
    assert!(breaks(|node| node.polled = false, |_| {}));
    // One that loses a nanosecond, as one does that compares with the wrong sign.
    assert!(breaks(
        |node| node.end_ns -= u64::from(node.end_ns > node.start_ns && node.parent != 0),
        |_| {}
    ));
    // One that knows one policy, no tolerance, or no skew.
    assert!(breaks(|_| {}, |options| options.policy = Policy::Clamp));
    assert!(breaks(|_| {}, |options| options.policy = Policy::Detach));
    assert!(breaks(|_| {}, |options| options.late_ns = 0));
    assert!(breaks(|_| {}, |options| options.late_per_mille = 0));
    assert!(breaks(|_| {}, |options| options.skew_ns = 0));
}

/// Traces without faults, each with a walker and its options.
fn good_traces(check: impl Fn(&mut Walker, &mut Random, &[Node], &Options)) {
    let mut walker = Walker::new();
    for seed in 0..300 {
        let mut random = Random::new(seed);
        let spans = 2 + random.below(100);
        let nodes = trace(&mut random, spans as usize, Faults::default());
        let options = options(&mut random);
        check(&mut walker, &mut random, &nodes, &options);
    }
}

/// The ids of a path's spans, each with its time.
fn spans(path: &Path<'_>) -> Vec<(u64, u64, u64)> {
    let span = |step: &crate::evaluate::critical_path::Step| {
        (
            path.nodes()[step.node as usize].id,
            step.from_ns,
            step.to_ns,
        )
    };
    path.steps().iter().map(span).collect()
}

#[test]
fn a_leaf_that_is_not_on_the_path_can_be_removed() {
    good_traces(|walker, random, nodes, options| {
        let before = spans(&walker.walk(nodes, options));
        let is_needed = |node: &Node| {
            let on_it = before.iter().any(|(id, ..)| *id == node.id);
            on_it || nodes.iter().any(|other| other.parent == node.id)
        };
        let free: Vec<u64> = nodes
            .iter()
            .filter(|node| !is_needed(node))
            .map(|node| node.id)
            .collect();
        if free.is_empty() {
            return;
        }
        let removed = free[random.below(free.len() as u64) as usize];
        let rest: Vec<Node> = nodes
            .iter()
            .filter(|node| node.id != removed)
            .copied()
            .collect();
        assert_eq!(spans(&walker.walk(&rest, options)), before);
    });
}

#[test]
fn a_detached_child_changes_nothing() {
    good_traces(|walker, random, nodes, options| {
        let before = pieces(&walker.walk(nodes, options));
        let above = nodes[random.below(nodes.len() as u64) as usize];
        let mut more = nodes.to_vec();
        more.push(Node {
            id: 1 << 50,
            parent: above.id,
            start_ns: above.start_ns + random.below(1_000_000),
            end_ns: above.end_ns + random.below(1_000_000_000),
            edge: Edge::Detached,
            ..above
        });
        assert_eq!(pieces(&walker.walk(&more, options)), before);
    });
}

#[test]
fn a_slower_clock_gives_the_same_path() {
    good_traces(|walker, _, nodes, options| {
        let options = Options {
            // Thousandths are of whole thousands.
            late_per_mille: 0,
            ..*options
        };
        let before = pieces(&walker.walk(nodes, &options));
        let mut slower = nodes.to_vec();
        for node in &mut slower {
            node.start_ns *= 7;
            node.end_ns *= 7;
            node.busy_ns *= 7;
        }
        let slow_options = Options {
            late_ns: options.late_ns * 7,
            skew_ns: options.skew_ns * 7,
            ..options
        };
        let after = pieces(&walker.walk(&slower, &slow_options));
        let without_waits = |pieces: &[Piece], by: u64| -> Vec<(Who, u64, u64)> {
            // What is estimated is rounded; what is not has the same bounds.
            let mut merged: Vec<(Who, u64, u64)> = Vec::new();
            for (who, from, to, _) in pieces {
                match merged.last_mut() {
                    Some(last) if last.0 == *who => last.2 = to / by,
                    _ => merged.push((*who, from / by, to / by)),
                }
            }
            merged
        };
        assert_eq!(without_waits(&after, 7), without_waits(&before, 1));
    });
}

#[test]
fn facts_add_up() {
    good_traces(|walker, _, nodes, options| {
        let path = walker.walk(nodes, options);
        let facts = path.facts();
        let critical: u64 = facts.iter().map(|facts| facts.critical_ns).sum();
        assert_eq!(critical, path.duration_ns());
        for facts in &facts {
            assert!(facts.critical_ns == 0 || facts.slack_ns == Some(0));
            assert!(facts.own_ns <= facts.to_ns - facts.from_ns);
            assert!(facts.drag_ns <= facts.to_ns - facts.from_ns);
        }
        // Own time that is no overlap is what no child covers; a queue's is never called overlap.
        let is_queue = |place: u32| nodes[place as usize].edge == Edge::Queue;
        let own_of_path = path
            .segments()
            .iter()
            .filter(|segment| segment.class != Class::Overlap && !is_queue(segment.node));
        let own_of_path: u64 = own_of_path.map(Segment::duration_ns).sum();
        let steps = path.steps().iter().filter(|step| !is_queue(step.node));
        let own: u64 = steps.map(|step| facts[step.node as usize].own_ns).sum();
        if options.skew_ns == 0 {
            assert_eq!(own_of_path, own);
        }
    });
}

#[test]
fn slack_is_by_how_much_a_span_could_end_later() {
    good_traces(|walker, _, nodes, options| {
        let options = Options {
            policy: Policy::Clamp,
            skew_ns: 0,
            ..*options
        };
        let path = walker.walk(nodes, &options);
        let (before, facts) = (spans(&path), path.facts());
        for (place, facts) in facts.iter().enumerate() {
            let slack = facts.slack_ns.unwrap_or(0);
            if slack > 1 && nodes[place].end_ns == facts.to_ns {
                let mut later = nodes.to_vec();
                later[place].end_ns += slack - 1;
                assert_eq!(spans(&walker.walk(&later, &options)), before);
            }
        }
    });
}
