//! One trace as it is looked at: what is folded away, which part of its time is shown, what is searched for.

use std::collections::HashSet;

use obs_runtime::api::traces::{Class, Span, Standing, Trace};

use crate::state::list::Key;

/// No shorter time than this is shown.
const SHORTEST_NS: u64 = 10;

/// A trace, and how it is looked at.
#[derive(Debug)]
pub(crate) struct Gantt {
    /// The trace.
    pub(crate) trace: Trace,
    /// The part of its time that is shown, from and to.
    pub(crate) window: (u64, u64),
    /// Whether only spans of the critical path are shown.
    pub(crate) only_critical: bool,
    /// Which piece of the path was stepped on last.
    pub(crate) step: Option<usize>,
    /// Ids of the spans whose children are not shown.
    folded: HashSet<String>,
    /// The places of the spans that are shown.
    rows: Vec<u32>,
    /// Of each span the time in which it, or one below it, is on the path.
    on_path: Vec<Option<(u64, u64)>>,
    /// Of each span its own pieces of the path.
    pieces: Vec<Vec<u32>>,
}

/// What stands in one place of a bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// The span was not there.
    Nothing,
    /// It was, and nothing waited for it at that time.
    Beside,
    /// It was on the critical path, and waited for one below it.
    Above,
    /// The trace waited for it in a queue.
    Queue,
    /// The trace waited for it.
    Critical,
    /// Something happened in it.
    Event,
}

/// The bar of a span, place by place.
pub(crate) type Bar = Vec<Piece>;

impl Gantt {
    /// Looks at a trace as at an earlier state of it.
    pub(super) fn of(trace: Trace, known: Option<Gantt>) -> Gantt {
        let whole = (0, trace.duration_ns.max(SHORTEST_NS));
        let mut gantt = Gantt {
            window: whole,
            only_critical: false,
            step: None,
            folded: HashSet::new(),
            rows: Vec::new(),
            on_path: on_path(&trace),
            pieces: pieces(&trace),
            trace,
        };
        if let Some(known) = known {
            let was_whole = known.window == (0, known.trace.duration_ns.max(SHORTEST_NS));
            if !was_whole {
                gantt.window = known.window;
            }
            gantt.only_critical = known.only_critical;
            gantt.step = known.step;
            gantt.folded = known.folded;
        }
        gantt.lay_out();
        gantt
    }

    /// The places of the spans that are shown, from the top.
    pub(crate) fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// The span in a row.
    pub(crate) fn span(&self, row: usize) -> Option<&Span> {
        self.trace.spans.get(*self.rows.get(row)? as usize)
    }

    /// Whether what is below a span is folded away.
    pub(crate) fn is_folded(&self, span: &Span) -> bool {
        self.folded.contains(&span.id)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = Key> {
        let spans = self
            .rows
            .iter()
            .map(|place| &self.trace.spans[*place as usize]);
        spans.map(|span| Key::Span(span.id.clone()))
    }

    /// Folds what is below a row away, or unfolds it.
    pub(super) fn fold(&mut self, row: usize) {
        let Some(span) = self.span(row).filter(|span| span.below > 0) else {
            return;
        };
        let id = span.id.clone();
        if !self.folded.remove(&id) {
            self.folded.insert(id);
        }
        self.lay_out();
    }

    /// Shows the spans of the path alone, or all.
    pub(super) fn turn_critical(&mut self) {
        self.only_critical = !self.only_critical;
        self.lay_out();
    }

    /// The row of a span, after what hides it is unfolded.
    pub(super) fn reveal(&mut self, place: u32) -> Option<usize> {
        let span = self.trace.spans.get(place as usize)?;
        self.only_critical &= span.standing == Standing::Critical;
        let (mut place_of, mut above) = (place, span.above);
        // Each stands before those below it: where a process says otherwise, the way ends.
        while let Some(number) = above.filter(|above| *above < place_of)
            && let Some(span) = self.trace.spans.get(number as usize)
        {
            self.folded.remove(&span.id);
            (place_of, above) = (number, span.above);
        }
        self.lay_out();
        self.rows.binary_search(&place).ok()
    }

    /// The span of the next piece of the path, or the one before; round and round.
    pub(super) fn next_critical(&mut self, forwards: bool) -> Option<u32> {
        let segments = &self.trace.critical_path.segments;
        let step = stepped(self.step, segments.len(), forwards)?;
        self.step = Some(step);
        // What is missing has no row; its root has.
        segments[step].span.or(self.trace.critical_path.root)
    }

    /// The next span after a row that is one of these, or the one before; round and round.
    pub(super) fn next(
        &self,
        row: usize,
        forwards: bool,
        is_one: impl Fn(&Span) -> bool,
    ) -> Option<u32> {
        let count = self.trace.spans.len();
        let from = self.rows.get(row).map_or(0, |place| *place as usize);
        let places = (1..=count).map(|step| match forwards {
            true => (from + step) % count,
            false => (from + count - step) % count,
        });
        let mut found = places.filter(|place| is_one(&self.trace.spans[*place]));
        found.next().and_then(|place| u32::try_from(place).ok())
    }

    /// Shows half the time around a row, or twice as much.
    pub(super) fn zoom(&mut self, row: usize, closer: bool) {
        let (from, to) = self.window;
        let middle = self.span(row).map_or(from.midpoint(to), |span| {
            // Of a span that is longer than what is shown, the part that is.
            span.start_ns
                .max(from)
                .midpoint(span.end_ns.min(to).max(from))
        });
        let length = to - from;
        let length = if closer {
            (length / 2).max(SHORTEST_NS)
        } else {
            length.saturating_mul(2)
        };
        self.show(middle.saturating_sub(length / 2), length);
    }

    /// Shows all its time.
    pub(super) fn show_all(&mut self) {
        self.show(0, u64::MAX);
    }

    /// Shows an earlier time, or a later one.
    pub(super) fn pan(&mut self, later: bool) {
        let (from, to) = self.window;
        let step = (to - from) / 4;
        let from = if later {
            from.saturating_add(step)
        } else {
            from.saturating_sub(step)
        };
        self.show(from, to - self.window.0);
    }

    fn show(&mut self, from: u64, length: u64) {
        let whole = self.trace.duration_ns.max(SHORTEST_NS);
        let length = length.min(whole);
        let from = from.min(whole - length);
        self.window = (from, from + length);
    }

    /// The bar of a row in so many places.
    pub(crate) fn bar(&self, row: usize, width: usize) -> Bar {
        let mut bar = vec![Piece::Nothing; width];
        let (Some(span), Some(place)) = (self.span(row), self.rows.get(row)) else {
            return bar;
        };
        let place = *place as usize;
        self.paint(&mut bar, (span.start_ns, span.end_ns), Piece::Beside);
        if let Some(time) = self.on_path[place] {
            self.paint(&mut bar, time, Piece::Above);
        }
        for number in &self.pieces[place] {
            let segment = &self.trace.critical_path.segments[*number as usize];
            let piece = match segment.class {
                Class::Queue => Piece::Queue,
                _ => Piece::Critical,
            };
            self.paint(&mut bar, (segment.from_ns, segment.to_ns), piece);
        }
        for event in &span.events {
            let at = u64::try_from(event.time_ns).unwrap_or_default();
            self.paint(&mut bar, (at, at), Piece::Event);
        }
        bar
    }

    /// Paints a time; what is shorter than a place takes one.
    fn paint(&self, bar: &mut [Piece], (from, to): (u64, u64), piece: Piece) {
        let (shown_from, shown_to) = self.window;
        if bar.is_empty() || from > shown_to || to < shown_from {
            return;
        }
        let length = u128::from((shown_to - shown_from).max(1));
        let at = |time: u64| {
            let time = u128::from(time.clamp(shown_from, shown_to) - shown_from);
            let place = time * bar.len() as u128 / length;
            usize::try_from(place).unwrap_or(bar.len())
        };
        let first = at(from).min(bar.len() - 1);
        let end = at(to).clamp(first + 1, bar.len());
        bar[first..end].fill(piece);
    }

    fn lay_out(&mut self) {
        self.rows.clear();
        let mut place = 0;
        while let Some(span) = self.trace.spans.get(place) {
            let shown = !self.only_critical || span.standing == Standing::Critical;
            if shown && let Ok(number) = u32::try_from(place) {
                self.rows.push(number);
            }
            place += match shown && !self.folded.contains(&span.id) {
                true => 1,
                // Below what is not on the path nothing is.
                false => 1 + span.below as usize,
            };
        }
    }
}

/// The number after one, or the one before, of so many.
fn stepped(step: Option<usize>, count: usize, forwards: bool) -> Option<usize> {
    let last = count.checked_sub(1)?;
    Some(match (step, forwards) {
        (None, true) => 0,
        (None, false) => last,
        (Some(step), true) if step < last => step + 1,
        (Some(_), true) => 0,
        (Some(0), false) => last,
        (Some(step), false) => (step - 1).min(last),
    })
}

fn pieces(trace: &Trace) -> Vec<Vec<u32>> {
    let mut pieces = vec![Vec::new(); trace.spans.len()];
    for (number, segment) in (0..).zip(&trace.critical_path.segments) {
        let place = segment.span.map(|span| span as usize);
        if let Some(of_span) = place.and_then(|place| pieces.get_mut(place)) {
            of_span.push(number);
        }
    }
    pieces
}

/// Of each span the time from the first piece of the path that is of it, or of one below it on the path, to the last.
fn on_path(trace: &Trace) -> Vec<Option<(u64, u64)>> {
    let mut times: Vec<Option<(u64, u64)>> = vec![None; trace.spans.len()];
    let join = |time: &mut Option<(u64, u64)>, (from, to): (u64, u64)| {
        *time = Some(match *time {
            Some(known) => (known.0.min(from), known.1.max(to)),
            None => (from, to),
        });
    };
    for segment in &trace.critical_path.segments {
        let place = segment.span.map(|span| span as usize);
        if let Some(time) = place.and_then(|place| times.get_mut(place)) {
            join(time, (segment.from_ns, segment.to_ns));
        }
    }
    // Each stands before those below it: from the last on, all below a span are known before it.
    for place in (0..trace.spans.len()).rev() {
        let span = &trace.spans[place];
        if let (Standing::Critical, Some(time)) = (span.standing, times[place])
            && let Some(above) = span.above.map(|above| above as usize)
            && above < place
        {
            join(&mut times[above], time);
        }
    }
    times
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixture::traces::payment;

    fn names(gantt: &Gantt) -> Vec<String> {
        let rows = 0..gantt.rows().len();
        rows.filter_map(|row| gantt.span(row))
            .map(|span| span.operation.clone())
            .collect()
    }

    #[test]
    fn what_is_folded_is_not_shown_and_what_is_looked_for_unfolds() {
        let mut gantt = Gantt::of(payment(), None);
        assert_eq!(gantt.rows().len(), 21);
        gantt.fold(8);
        assert_eq!(gantt.rows().len(), 9);
        gantt.fold(0);
        assert_eq!(names(&gantt), ["POST /pay"]);
        assert_eq!(gantt.reveal(6), Some(6));
        assert_eq!(gantt.rows().len(), 9, "the other one stays folded");
        gantt.fold(7);
        assert_eq!(gantt.rows().len(), 9, "nothing is below it");
    }

    #[test]
    fn critical_spans_alone_are_a_tree() {
        let mut gantt = Gantt::of(payment(), None);
        gantt.turn_critical();
        assert_eq!(
            names(&gantt),
            [
                "POST /pay",
                "wallet.reserve",
                "(mailbox)",
                "ledger.post",
                "db.query"
            ]
        );
        assert_eq!(
            gantt.reveal(2),
            Some(2),
            "what is beside the path shows all"
        );
        assert_eq!(gantt.rows().len(), 21);
    }

    #[test]
    fn steps_go_along_the_path_and_round() {
        let mut gantt = Gantt::of(payment(), None);
        let steps: Vec<_> = (0..8).map(|_| gantt.next_critical(true)).collect();
        assert_eq!(steps, [0, 4, 3, 0, 5, 6, 0, 0].map(Some));
        assert_eq!(gantt.next_critical(false), Some(0));
        assert_eq!(gantt.next_critical(false), Some(6));
        let nothing = Trace::default();
        assert_eq!(Gantt::of(nothing, None).next_critical(true), None);
    }

    #[test]
    fn failures_are_found_in_the_order_of_the_tree() {
        let gantt = Gantt::of(payment(), None);
        let failed = |span: &Span| span.status.is_failure();
        assert_eq!(gantt.next(0, true, failed), Some(6));
        assert_eq!(gantt.next(6, true, failed), Some(0));
        assert_eq!(gantt.next(0, false, failed), Some(6));
        assert_eq!(gantt.next(0, true, |_| false), None);
    }

    #[test]
    fn bars_tell_what_was_waited_for() {
        use Piece::{Above, Beside, Critical, Nothing, Queue};
        let gantt = Gantt::of(payment(), None);
        assert_eq!(
            gantt.bar(1, 10),
            [
                Beside, Nothing, Nothing, Nothing, Nothing, Nothing, Nothing, Nothing, Nothing,
                Nothing
            ]
        );
        let root = gantt.bar(0, 10);
        assert_eq!((root[0], root[2], root[9]), (Critical, Above, Critical));
        assert_eq!(gantt.bar(4, 10)[1..4], [Queue, Queue, Nothing]);
        assert_eq!(gantt.bar(6, 40)[36], Piece::Event);
        assert_eq!(gantt.bar(6, 0), []);
        assert_eq!(gantt.bar(99, 2), [Nothing, Nothing]);
    }

    #[test]
    fn zoom_stays_within_the_trace() {
        let mut gantt = Gantt::of(payment(), None);
        let whole = gantt.window;
        gantt.zoom(6, false);
        assert_eq!(gantt.window, whole);
        gantt.zoom(6, true);
        let (from, to) = gantt.window;
        assert!(to - from == whole.1 / 2 && from > 0, "{from} {to}");
        gantt.pan(true);
        gantt.pan(true);
        gantt.pan(true);
        assert_eq!(gantt.window.1, whole.1);
        for _ in 0..60 {
            gantt.zoom(6, true);
        }
        assert_eq!(gantt.window.1 - gantt.window.0, SHORTEST_NS);
        gantt.show_all();
        assert_eq!(gantt.window, whole);
    }

    #[test]
    fn a_newer_state_of_the_trace_is_looked_at_in_the_same_way() {
        let mut gantt = Gantt::of(payment(), None);
        gantt.fold(8);
        gantt.zoom(6, true);
        let window = gantt.window;
        let again = Gantt::of(payment(), Some(gantt));
        assert_eq!((again.rows().len(), again.window), (9, window));
    }

    #[test]
    fn a_process_that_tells_nonsense_breaks_nothing() {
        let mut nonsense = payment();
        for (number, span) in (0..).zip(&mut nonsense.spans) {
            span.above = Some(number);
            (span.below, span.depth) = (u32::MAX, u32::MAX);
            (span.start_ns, span.end_ns) = (u64::MAX, 0);
        }
        for segment in &mut nonsense.critical_path.segments {
            (segment.from_ns, segment.to_ns) = (u64::MAX, 1);
            segment.span = Some(u32::MAX);
        }
        nonsense.critical_path.root = Some(u32::MAX);
        nonsense.duration_ns = 0;
        let mut gantt = Gantt::of(nonsense, None);
        assert_eq!(gantt.next_critical(true), Some(u32::MAX));
        assert_eq!(gantt.reveal(u32::MAX), None);
        assert_eq!(gantt.reveal(20), Some(20));
        gantt.fold(3);
        gantt.zoom(2, true);
        gantt.pan(true);
        assert_eq!(gantt.bar(2, 30).len(), 30);
    }
}
