//! What many paths add up to.

use std::collections::BTreeMap;

use super::*;
use crate::evaluate::critical_path::{Class, Node, Options, Segment, Walker};
use crate::model::trace::{Edge, TraceId};

/// Spans in one line: of each the name, which is its operation, and its number, then when it ran and the number of its parent:
/// `a1:0-100 b2:10-40<1`.
fn nodes(text: &str) -> Vec<Node> {
    let node = |text: &str| {
        let (name, rest) = text.split_once(':').expect("a name");
        let (times, parent) = rest.split_once('<').unwrap_or((rest, "0"));
        let (start, end) = times.split_once('-').expect("two times");
        let number = |text: &str| text.parse::<u64>().expect("a number");
        Node {
            id: number(&name[1..]),
            parent: number(parent),
            start_ns: number(start),
            end_ns: number(end),
            busy_ns: 0,
            operation: u32::from(name.as_bytes()[0]),
            component: 0,
            edge: Edge::Call,
            remote_parent: false,
            open: false,
            polled: false,
        }
    };
    text.split_whitespace().map(node).collect()
}

fn operation(name: char) -> Operation {
    Operation {
        operation: name as u32,
        component: 0,
    }
}

fn name(operation: Operation) -> String {
    char::from_u32(operation.operation).map_or(String::new(), String::from)
}

fn add(to: &mut Bottlenecks, trace: u128, cohort: Option<Cohort>, text: &str) {
    let nodes = nodes(text);
    let trace = TraceId::new(trace).expect("it is not 0");
    to.add(
        &Walker::new().walk(&nodes, &Options::default()),
        trace,
        cohort,
    );
}

fn of(traces: &[&str]) -> Bottlenecks {
    let mut all = Bottlenecks::default();
    for (number, text) in (1..).zip(traces) {
        add(&mut all, number, None, text);
    }
    all
}

/// The stacks in one line.
fn folded(all: &Bottlenecks) -> String {
    let frame = |of: Operation| match of.special_name() {
        Some(special) => special.to_owned(),
        None => name(of),
    };
    let stack = |path: &CallPath<'_>| {
        let frames: Vec<String> = path.operations().into_iter().map(frame).collect();
        frames.join(";")
    };
    let with_time = all
        .paths()
        .filter(|path| path.figures().own_ns_of_all() > 0);
    let mut lines: Vec<String> = with_time
        .map(|path| format!("{} {}", stack(&path), path.figures().own_ns_of_all()))
        .collect();
    lines.sort();
    lines.join(", ")
}

fn path<'a>(all: &'a Bottlenecks, names: &str) -> &'a Figures {
    let wanted: Vec<Operation> = names.chars().map(operation).collect();
    let found = all.paths().find(|path| path.operations() == wanted);
    found.expect("there is such a path").figures()
}

fn everywhere(all: &Bottlenecks, name: char) -> &Figures {
    let found = all
        .operations()
        .find(|(found, _)| *found == operation(name));
    found.expect("there is such an operation").1
}

const ONE: &str = "a1:0-100 b2:10-40<1 c3:50-90<1 d4:20-30<2";

#[test]
fn own_time_is_that_of_call_paths() {
    let all = of(&[ONE, ONE, "z1:0-7"]);
    assert_eq!(folded(&all), "a 60, a;b 40, a;b;d 20, a;c 80, z 7");
    let figures = path(&all, "ab");
    assert_eq!(
        (
            figures.inclusive_ns(),
            figures.occurrences(),
            figures.traces()
        ),
        (60, 2, 2)
    );
    assert_eq!(path(&all, "a").inclusive_ns(), 200);
    let roots: Vec<_> = all
        .roots()
        .map(|root| (name(root.operation), root.traces, root.duration_ns))
        .collect();
    assert_eq!(roots, [("a".to_owned(), 2, 200), ("z".to_owned(), 1, 7)]);
}

#[test]
fn an_operation_has_the_time_of_all_its_paths() {
    let all = of(&["a1:0-100 b2:10-40<1 c3:50-90<1 b4:60-80<3"]);
    assert_eq!(everywhere(&all, 'b').own_ns(Class::Run), 50);
    assert_eq!(everywhere(&all, 'b').inclusive_ns(), 50);
    assert_eq!(everywhere(&all, 'b').occurrences(), 2);
    assert_eq!(everywhere(&all, 'b').traces(), 1);
    assert_eq!(everywhere(&all, 'b').deepest(), 1);
}

#[test]
fn one_operation_in_two_components_is_two() {
    let mut all = Bottlenecks::default();
    let mut nodes = nodes("a1:0-100 b2:10-40<1 b3:50-90<1");
    nodes[2].component = 9;
    let trace = TraceId::new(1).expect("it is not 0");
    all.add(
        &Walker::new().walk(&nodes, &Options::default()),
        trace,
        None,
    );
    assert_eq!(all.paths().count(), 3);
    assert_eq!(everywhere(&all, 'b').own_ns_of_all(), 30);
}

#[test]
fn recursion_is_folded_and_counted() {
    // a > b > a > b > c
    let all = of(&["a1:0-100 b2:10-90<1 a3:20-80<2 b4:30-70<3 c5:40-60<4"]);
    assert_eq!(folded(&all), "a 40, a;b 40, a;b;c 20");
    let figures = path(&all, "a");
    assert_eq!(
        (
            figures.below_itself(),
            figures.deepest(),
            figures.occurrences()
        ),
        (1, 2, 2)
    );
    assert_eq!(
        figures.inclusive_ns(),
        100,
        "what is below itself counts once"
    );
    assert_eq!(path(&all, "ab").inclusive_ns(), 80);
    assert_eq!(everywhere(&all, 'b').inclusive_ns(), 80);
    let all = of(&["a1:0-100 a2:10-90<1 a3:20-50<2 a4:60-80<2"]);
    assert_eq!(
        (path(&all, "a").below_itself(), path(&all, "a").deepest()),
        (3, 3)
    );
    assert_eq!(folded(&all), "a 100");
}

#[test]
fn time_inside_an_operation_that_comes_back_on_another_path_counts_once() {
    // x is below itself, on a path that does not show it: a > b > x > c > b > d > x.
    let all = of(&["a1:0-100 b2:10-90<1 x3:15-85<2 c4:20-80<3 b5:25-75<4 d6:30-70<5 x7:40-60<6"]);
    assert_eq!(path(&all, "abdx").inclusive_ns(), 20);
    assert_eq!(everywhere(&all, 'x').inclusive_ns(), 70);
    assert_eq!(everywhere(&all, 'x').deepest(), 2);
}

#[test]
fn exemplars_have_the_largest_shares() {
    let spans = |own: u64| format!("a1:0-100 b2:0-{own}<1");
    let texts: Vec<String> = [10, 50, 30, 50, 90, 20].map(spans).into();
    let all = of(&texts.iter().map(String::as_str).collect::<Vec<_>>());
    let exemplars: Vec<_> = path(&all, "ab")
        .exemplars()
        .map(|it| (it.trace.get(), it.own_ns))
        .collect();
    assert_eq!(exemplars, [(5, 90), (2, 50), (4, 50)]);
    assert_eq!(path(&all, "ab").shares().count(), 6);
    assert!((path(&all, "ab").shares().quantile(0.5) - 0.3).abs() < 0.04);
}

#[test]
fn missing_spans_are_an_operation() {
    let all = of(&["a1:0-100 b2:10-20<9 b3:50-60<9"]);
    assert_eq!(
        folded(&all),
        "a 50, a;(missing span) 30, a;(missing span);b 20"
    );
    let missing = all
        .operations()
        .find(|(operation, _)| *operation == Operation::MISSING);
    assert_eq!(
        missing.map(|(_, figures)| figures.own_ns(Class::Gap)),
        Some(30)
    );
}

#[test]
fn paths_beyond_the_limit_are_one() {
    let limits = Limits {
        paths_of_a_root: 2,
        ..Limits::default()
    };
    let mut all = Bottlenecks::new(limits);
    add(
        &mut all,
        1,
        None,
        "a1:0-100 b2:10-40<1 c3:50-90<1 d4:60-70<3 b5:20-30<2",
    );
    assert_eq!(folded(&all), "a 30, a;(other) 40, a;c 30");
    let other = all
        .paths()
        .find(|path| path.operation() == Operation::OTHER);
    let figures = other.expect("there is one").figures();
    assert_eq!((figures.inclusive_ns(), figures.occurrences()), (40, 3));
    // Of an operation everything is known all the same.
    assert_eq!(everywhere(&all, 'd').own_ns_of_all(), 10);
    assert_eq!(all.paths_of(operation('a')), 3);
}

#[test]
fn roots_and_depths_beyond_the_limit_are_one() {
    let limits = Limits {
        paths: 2,
        operations: 2,
        ..Limits::default()
    };
    let mut all = Bottlenecks::new(limits);
    for text in ["a1:0-10 b2:0-5<1", "c1:0-7 b2:0-5<1", "d1:0-9"] {
        add(&mut all, 1, None, text);
    }
    assert_eq!(folded(&all), "(other) 16, a 5, a;b 5");
    let other = all
        .operations()
        .find(|(operation, _)| *operation == Operation::OTHER);
    assert_eq!(
        other.map(|(_, figures)| figures.own_ns_of_all()),
        Some(2 + 9)
    );
    let mut all = Bottlenecks::new(Limits {
        depth: 2,
        ..Limits::default()
    });
    add(&mut all, 1, None, "a1:0-10 b2:0-5<1 c3:0-4<2 d4:0-3<3");
    assert_eq!(folded(&all), "a 5, a;(other) 4, a;b 1");
}

#[test]
fn windows_add_up() {
    let texts = [ONE, "a1:0-100 b2:10-90<1 a3:20-80<2", "z1:0-7 b2:1-6<1"];
    let (mut first, second, all) = (of(&texts[..1]), of(&texts[1..]), of(&texts));
    first.merge(&second);
    assert_eq!(folded(&first), folded(&all));
    for path_of_all in all.paths() {
        let merged = first
            .paths()
            .find(|path| path.operations() == path_of_all.operations());
        let (merged, figures) = (
            merged.expect("it is there").figures(),
            path_of_all.figures(),
        );
        assert_eq!(merged.inclusive_ns(), figures.inclusive_ns());
        assert_eq!(merged.traces(), figures.traces());
        assert_eq!(merged.shares(), figures.shares());
        assert_eq!(merged.deepest(), figures.deepest());
    }
    let roots = |all: &Bottlenecks| all.roots().copied().collect::<Vec<_>>();
    assert_eq!(roots(&first), roots(&all));
}

#[test]
fn a_merge_keeps_to_the_limit_and_counts_nothing_twice() {
    let limits = Limits {
        paths_of_a_root: 1,
        ..Limits::default()
    };
    let mut narrow = Bottlenecks::new(limits);
    narrow.merge(&of(&[ONE]));
    assert_eq!(folded(&narrow), "a 30, a;(other) 70");
    let other = narrow
        .paths()
        .find(|path| path.operation() == Operation::OTHER);
    assert_eq!(other.map(|path| path.figures().inclusive_ns()), Some(70));
}

#[test]
fn a_new_window_has_nothing_of_the_last_and_forgets_what_was_not_seen_in_it() {
    let mut all = of(&[ONE, "z1:0-7 y2:0-5<1"]);
    all.reset();
    assert_eq!(
        (folded(&all), all.roots().count(), all.operations().count()),
        (String::new(), 0, 0)
    );
    add(&mut all, 9, None, ONE);
    assert_eq!(folded(&all), folded(&of(&[ONE])));
    assert_eq!(all.paths_of(operation('z')), 2);
    all.reset();
    assert_eq!(all.paths_of(operation('z')), 0);
    assert_eq!(all.paths_of(operation('a')), 4);
    let recursive = "a1:0-100 b2:10-90<1 a3:20-80<2";
    add(&mut all, 9, None, recursive);
    assert_eq!(folded(&all), folded(&of(&[recursive])));
}

#[test]
fn why_slow_traces_are_slow_is_said_first() {
    let mut all = Bottlenecks::default();
    assert!(all.differences_by_path(operation('a')).is_empty());
    for number in 1..=10 {
        add(
            &mut all,
            number,
            Some(Cohort::Middle),
            "a1:0-100 b2:0-20<1 c3:30-60<1",
        );
        add(&mut all, number, None, "a1:0-100000 c2:0-10000<1");
    }
    assert!(
        all.differences_by_path(operation('a')).is_empty(),
        "there are no slow ones"
    );
    for number in 11..=12 {
        add(
            &mut all,
            number,
            Some(Cohort::Slow),
            "a1:0-900 b2:0-820<1 d3:100-200<2 d4:300-400<2 c5:830-840<1",
        );
    }
    let found = all.differences_by_path(operation('a'));
    let named = |difference: &Difference| {
        let path: String = difference
            .path
            .iter()
            .map(|operation| name(*operation))
            .collect();
        (path, difference.more_ns())
    };
    let found: Vec<_> = found.iter().map(named).collect();
    let expected = [("ab", 600.0), ("abd", 200.0), ("a", 20.0), ("ac", -20.0)];
    assert_eq!(found, expected.map(|(path, more)| (path.to_owned(), more)));
    let by_operation = all.differences_by_operation(operation('a'));
    assert_eq!(named(&by_operation[1]), ("d".to_owned(), 200.0));
    assert_eq!(by_operation[1].slow_occurrences, 2.0);
    assert_eq!(by_operation[1].middle_occurrences, 0.0);
}

#[test]
fn sums_of_long_times_do_not_overflow() {
    let mut all = Bottlenecks::default();
    let mut nodes = nodes("a1:0-10");
    nodes[0].end_ns = u64::MAX;
    let trace = TraceId::new(1).expect("it is not 0");
    for _ in 0..3 {
        all.add(
            &Walker::new().walk(&nodes, &Options::default()),
            trace,
            None,
        );
    }
    assert_eq!(path(&all, "a").own_ns_of_all(), 3 * u128::from(u64::MAX));
}

/// Random walks down a few operations, which recurse in every way.
#[test]
fn what_is_added_up_is_what_the_segments_say() {
    let mut seed = 1_u64;
    let mut below = |bound: u64| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % bound
    };
    let mut all = Bottlenecks::default();
    let (mut own, mut inclusive) = (BTreeMap::<u32, u128>::new(), BTreeMap::<u32, u128>::new());
    let mut walker = Walker::new();
    for number in 1..200 {
        let mut nodes = nodes("a1:0-100000");
        for id in 2..=2 + below(60) {
            let mut node = nodes[below(nodes.len() as u64) as usize];
            node.parent = node.id;
            node.id = id;
            node.operation = u32::from(b'a') + below(5) as u32;
            let length = node.end_ns - node.start_ns;
            node.start_ns += below(length + 1);
            node.end_ns = node.start_ns + below(node.end_ns - node.start_ns + 1);
            nodes.push(node);
        }
        let path = walker.walk(&nodes, &Options::default());
        for segment in path.segments() {
            let operation = nodes[segment.node as usize].operation;
            *own.entry(operation).or_default() += u128::from(Segment::duration_ns(segment));
        }
        for step in path.steps() {
            let mut above = step;
            let operation = nodes[step.node as usize].operation;
            let is_outermost = loop {
                if above.above == above.node {
                    break true;
                }
                above = path
                    .steps()
                    .iter()
                    .find(|other| other.node == above.above)
                    .expect("it is there");
                if nodes[above.node as usize].operation == operation {
                    break false;
                }
            };
            if is_outermost {
                *inclusive.entry(operation).or_default() += u128::from(step.duration_ns());
            }
        }
        all.add(&path, TraceId::new(number).expect("it is not 0"), None);
    }
    for (operation, figures) in all.operations() {
        let number = operation.operation;
        assert_eq!(figures.own_ns_of_all(), own[&number]);
        assert_eq!(figures.inclusive_ns(), inclusive[&number]);
        let of_paths = all.paths().filter(|path| path.operation() == operation);
        let of_paths: u128 = of_paths.map(|path| path.figures().own_ns_of_all()).sum();
        assert_eq!(of_paths, own[&number]);
    }
    let of_roots: u128 = all.roots().map(|root| root.duration_ns).sum();
    assert_eq!(own.values().sum::<u128>(), of_roots);
}
