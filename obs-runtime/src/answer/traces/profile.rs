//! Where the time of many traces goes, as wire types.

use std::collections::HashMap;

use super::words;
use crate::api::traces as api;
use crate::evaluate::bottlenecks::{
    CallPath, Cohort, Difference, Exemplar, Figures, Operation, Root,
};
use crate::evaluate::critical_path::Class;
use crate::evaluate::traces::{OperationFigures, Profile};

/// Of how many roots it is said why the slow ones are slow: each costs a look at all call paths.
const COMPARED_ROOTS: usize = 5;
/// How many call paths are named for that.
const DIFFERENCES: usize = 20;
/// How many traces to look at.
const EXEMPLARS: usize = 3;

/// Where the time of all traces goes, or of those that begin in operations of a name: the first so many of each kind. It is worked
/// out now, in nanoseconds since 1970.
pub fn bottlenecks(
    profile: &Profile,
    root: Option<&str>,
    limit: usize,
    now_ns: u64,
) -> api::Bottlenecks {
    let asked = Asked { profile, root };
    let mut roots: Vec<&Root> = profile.bottlenecks.roots().collect();
    roots.retain(|root| asked.is_of(root.operation));
    roots.sort_by(|a, b| {
        let by_time = b.duration_ns.cmp(&a.duration_ns);
        by_time.then_with(|| a.operation.cmp(&b.operation))
    });
    let paths: Vec<CallPath<'_>> = profile.bottlenecks.paths().collect();
    let paths = paths.into_iter().filter(|path| asked.is_of(path.root()));
    let paths: Vec<(CallPath<'_>, Sum)> =
        paths.map(|path| (path, Sum::of(path.figures()))).collect();
    let all = All {
        traces: roots.iter().map(|root| root.traces).sum(),
        duration_ns: roots.iter().map(|root| root.duration_ns).sum(),
    };
    let by_class = |class: Class| {
        paths
            .iter()
            .map(|(_, sum)| sum.own_ns[class as usize])
            .sum()
    };
    let operations = asked.operations(&paths, &all);
    let (roots_in_all, operations_in_all) = (roots.len() as u64, operations.len() as u64);
    api::Bottlenecks {
        now_unix_ns: now_ns,
        window_ns: words::whole(profile.window.as_nanos()),
        root: root.map(str::to_owned),
        traces: all.traces,
        duration_ns: words::whole(all.duration_ns),
        by_class: words::by_class(by_class),
        roots: roots
            .iter()
            .take(limit)
            .enumerate()
            .map(|(at, root)| asked.root(root, &all, at < COMPARED_ROOTS))
            .collect(),
        operations: ranked(operations, limit)
            .into_iter()
            .map(|(operation, sum)| asked.hotspot(operation, &sum, &all))
            .collect(),
        roots_in_all,
        operations_in_all,
        paths_in_all: paths.len() as u64,
        paths: ranked(paths, limit)
            .into_iter()
            .map(|(path, sum)| api::CallPath {
                path: asked.names(&path.operations()),
                critical: sum.wire(&all),
            })
            .collect(),
    }
}

/// What is asked of whom.
struct Asked<'p> {
    profile: &'p Profile,
    root: Option<&'p str>,
}

/// All traces of the answer.
struct All {
    traces: u64,
    duration_ns: u128,
}

/// Figures of one call path, or of several that end in one operation.
#[derive(Clone, Default)]
struct Sum {
    own_ns: [u128; Class::ALL.len()],
    inclusive_ns: u128,
    occurrences: u64,
    traces: u64,
    deepest: u32,
    /// The shares of that with the most own time, and how much it has.
    shares: (f64, f64, u128),
    exemplars: Vec<Exemplar>,
}

impl<'p> Asked<'p> {
    fn is_of(&self, root: Operation) -> bool {
        self.root
            .is_none_or(|asked| self.profile.name(root).0 == asked)
    }

    fn name(&self, of: Operation) -> api::Operation {
        let (operation, component) = self.profile.name(of);
        api::Operation {
            operation: operation.to_owned(),
            component: component.map(str::to_owned),
        }
    }

    fn names(&self, path: &[Operation]) -> Vec<api::Operation> {
        path.iter().map(|of| self.name(*of)).collect()
    }

    /// All operations with their figures: those that are known of all traces, or else the sums of call paths.
    fn operations(&self, paths: &[(CallPath<'p>, Sum)], all: &All) -> Vec<(Operation, Sum)> {
        if self.root.is_none() {
            let all = self.profile.bottlenecks.operations();
            return all.map(|(of, figures)| (of, Sum::of(figures))).collect();
        }
        let mut sums: HashMap<Operation, Sum> = HashMap::new();
        for (path, sum) in paths {
            sums.entry(path.operation()).or_default().add(sum);
        }
        sums.values_mut()
            .for_each(|sum| sum.traces = sum.traces.min(all.traces));
        sums.into_iter().collect()
    }

    fn figures(&self, of: Operation) -> Option<api::OperationFigures> {
        let figures = self.profile.operations.get(of)?;
        Some(wire_figures(figures, self.profile.window.as_secs_f64()))
    }

    fn hotspot(&self, of: Operation, sum: &Sum, all: &All) -> api::Hotspot {
        api::Hotspot {
            operation: self.name(of),
            critical: sum.wire(all),
            figures: self.figures(of),
        }
    }

    fn root(&self, root: &Root, all: &All, is_compared: bool) -> api::Root {
        let mean = |cohort: Cohort| {
            let traces = root.cohort_traces[cohort as usize].max(1);
            words::whole(root.cohort_duration_ns[cohort as usize] / u128::from(traces))
        };
        let mut differences = Vec::new();
        if is_compared {
            let all = self.profile.bottlenecks.differences_by_path(root.operation);
            let more = all.iter().filter(|difference| difference.more_ns() > 0.0);
            let wire = |difference| self.difference(difference);
            differences.extend(more.take(DIFFERENCES).map(wire));
        }
        api::Root {
            operation: self.name(root.operation),
            traces: root.traces,
            duration_ns: words::whole(root.duration_ns),
            share: root.duration_ns as f64 / all.duration_ns.max(1) as f64,
            figures: self.figures(root.operation),
            slow_traces: root.cohort_traces[Cohort::Slow as usize],
            slow_mean_ns: mean(Cohort::Slow),
            middle_traces: root.cohort_traces[Cohort::Middle as usize],
            middle_mean_ns: mean(Cohort::Middle),
            differences,
        }
    }

    fn difference(&self, of: &Difference) -> api::Difference {
        api::Difference {
            path: self.names(&of.path),
            more_ns: of.more_ns(),
            slow_ns: of.slow_ns,
            middle_ns: of.middle_ns,
            slow_occurrences: of.slow_occurrences,
            middle_occurrences: of.middle_occurrences,
        }
    }
}

/// The first so many by own time.
fn ranked<T>(mut all: Vec<(T, Sum)>, limit: usize) -> Vec<(T, Sum)> {
    // Names decide nothing: what is alike stays in the order in which it was first seen.
    all.sort_by_key(|(_, sum)| std::cmp::Reverse(sum.own_ns_of_all()));
    all.truncate(limit);
    all
}

impl Sum {
    fn of(figures: &Figures) -> Sum {
        let shares = figures.shares();
        Sum {
            own_ns: Class::ALL.map(|class| figures.own_ns(class)),
            inclusive_ns: figures.inclusive_ns(),
            occurrences: figures.occurrences(),
            traces: figures.traces(),
            deepest: figures.deepest(),
            shares: (
                shares.quantile(0.5),
                shares.quantile(0.95),
                figures.own_ns_of_all(),
            ),
            exemplars: figures.exemplars().copied().collect(),
        }
    }

    fn own_ns_of_all(&self) -> u128 {
        self.own_ns.iter().sum()
    }

    fn add(&mut self, other: &Sum) {
        for (own, more) in self.own_ns.iter_mut().zip(other.own_ns) {
            *own += more;
        }
        self.inclusive_ns += other.inclusive_ns;
        self.occurrences += other.occurrences;
        self.traces += other.traces;
        self.deepest = self.deepest.max(other.deepest);
        if other.shares.2 >= self.shares.2 {
            self.shares = other.shares;
        }
        self.exemplars.extend_from_slice(&other.exemplars);
        self.exemplars.sort_by(|a, b| b.share.total_cmp(&a.share));
        self.exemplars.truncate(EXEMPLARS);
    }

    fn wire(&self, all: &All) -> api::Critical {
        let own_ns = self.own_ns_of_all();
        let exemplar = |of: &Exemplar| api::Exemplar {
            trace: of.trace.to_string(),
            own_ns: of.own_ns,
            share: of.share,
        };
        api::Critical {
            own_ns: words::whole(own_ns),
            own_ns_per_trace: own_ns as f64 / all.traces.max(1) as f64,
            share: own_ns as f64 / all.duration_ns.max(1) as f64,
            by_class: words::by_class(|class| self.own_ns[class as usize]),
            inclusive_ns: words::whole(self.inclusive_ns),
            occurrences: self.occurrences,
            traces: self.traces,
            share_p50: self.shares.0,
            share_p95: self.shares.1,
            deepest: self.deepest,
            exemplars: self.exemplars.iter().map(exemplar).collect(),
        }
    }
}

fn wire_figures(of: &OperationFigures, window_seconds: f64) -> api::OperationFigures {
    let durations = &of.durations;
    let quantile = |share| durations.quantile_ns(share).unwrap_or_default();
    let count = durations.count();
    api::OperationFigures {
        count,
        rate_per_second: count as f64 / window_seconds.max(f64::MIN_POSITIVE),
        errors: of.errors,
        panicked: of.panicked,
        cancelled: of.cancelled,
        error_ratio: of.error_ratio(),
        mean_ns: words::whole(durations.sum_ns() / u128::from(count.max(1))),
        p50_ns: quantile(0.5),
        p90_ns: quantile(0.9),
        p99_ns: quantile(0.99),
        longest_ns: durations.longest_ns(),
        longest_trace: of.longest.map(|(trace, _)| trace.to_string()),
        failed_trace: of.failed.map(|trace| trace.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::evaluate::bottlenecks::Bottlenecks;
    use crate::evaluate::critical_path::{Options, Walker};
    use crate::evaluate::traces::{Names, Window};
    use crate::model::trace::{Edge, Missing, Node, Outline, Spans, Status, TraceId};

    fn node(id: u64, parent: u64, operation: u32, ns: (u64, u64)) -> Node {
        Node {
            id,
            parent,
            start_ns: ns.0,
            end_ns: ns.1,
            busy_ns: 0,
            operation,
            component: u32::from(operation == 2) * 5,
            edge: Edge::Call,
            remote_parent: false,
            open: false,
            polled: false,
        }
    }

    fn add(window: &mut Window, id: u128, nodes: &[Node], cohort: Cohort) {
        let id = TraceId::new(id).expect("it is not 0");
        window.operations.add(&Outline {
            id,
            spans: Spans::Each {
                nodes,
                statuses: &vec![Status::Unset; nodes.len()],
            },
            root: None,
            forced: false,
            missing: Missing::default(),
        });
        let mut walker = Walker::new();
        let path = walker.walk(nodes, &Options::default());
        Bottlenecks::add(&mut window.bottlenecks, &path, id, Some(cohort));
    }

    /// Two windows: a `pay` that spends its time with `get`, a slow one, and one `list`.
    fn profile() -> Profile {
        let mut windows: [Window; 2] = Default::default();
        let quick = [node(1, 0, 1, (0, 100)), node(2, 1, 2, (20, 80))];
        let slow = [node(1, 0, 1, (0, 1_000)), node(2, 1, 2, (20, 980))];
        add(&mut windows[0], 1, &quick, Cohort::Middle);
        add(&mut windows[1], 2, &slow, Cohort::Slow);
        add(
            &mut windows[1],
            3,
            &[node(1, 0, 3, (0, 900))],
            Cohort::Middle,
        );
        let mut names = Names::default();
        for (number, name) in [(1, "pay"), (2, "get"), (3, "list")] {
            names.operations.insert(number, name.into());
        }
        names.components.insert(5, "store".into());
        Profile::new(windows, Duration::from_secs(10), names)
    }

    #[test]
    fn operations_are_by_their_time_on_critical_paths() {
        let wire = bottlenecks(&profile(), None, 2, 7);
        assert_eq!((wire.traces, wire.duration_ns), (3, 2_000));
        let first = &wire.operations[0];
        assert_eq!(first.operation.operation, "get");
        assert_eq!(first.operation.component.as_deref(), Some("store"));
        let critical = &first.critical;
        assert_eq!(
            (critical.own_ns, critical.traces, critical.share),
            (1_020, 2, 0.51)
        );
        assert_eq!(critical.by_class.sum_ns(), 1_020);
        let figures = first.figures.as_ref().expect("they have ended");
        assert_eq!((figures.count, figures.rate_per_second), (2, 0.2));
        assert_eq!((figures.longest_ns, figures.mean_ns), (960, 510));
        assert_eq!((wire.operations.len(), wire.operations_in_all), (2, 3));
        assert_eq!((wire.roots_in_all, wire.paths_in_all), (2, 3));
        assert_eq!(wire.by_class.run_ns, 2_000);
        assert_eq!(wire.paths[0].path.len(), 2);
    }

    #[test]
    fn a_root_has_its_own_answer_and_says_why_it_is_slow() {
        let wire = bottlenecks(&profile(), Some("pay"), 10, 7);
        assert_eq!((wire.traces, wire.duration_ns), (2, 1_100));
        let names: Vec<_> = wire
            .operations
            .iter()
            .map(|hotspot| &*hotspot.operation.operation)
            .collect();
        assert_eq!(names, ["get", "pay"]);
        assert_eq!(wire.operations[0].critical.exemplars.len(), 2);
        let root = &wire.roots[0];
        assert_eq!(
            (root.traces, root.slow_traces, root.slow_mean_ns),
            (2, 1, 1_000)
        );
        let difference = &root.differences[0];
        assert_eq!(difference.path[1].operation, "get");
        assert_eq!((difference.more_ns, difference.middle_ns), (900.0, 60.0));
        let nothing = bottlenecks(&profile(), Some("nobody"), 10, 7);
        assert_eq!((nothing.traces, nothing.operations.len()), (0, 0));
    }
}
