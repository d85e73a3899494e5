//! The questions: what is timed, where, and with how many threads.

/// One question asked of every library.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Case {
    /// The loop alone.
    Empty,
    /// One increment of a counter at hand.
    Counter,
    /// The same of one that is switched off; reported over [`Case::Empty`].
    CounterOff,
    /// An increment while in a component; for peers, an increment of the series that carries the component's label.
    CounterComponent,
    /// A component entered and left.
    ComponentEnterLeave,
    /// Enter, increment, leave: one component.
    ComponentSwitch1,
    /// Enter, increment, leave: one of 100 components at random.
    ComponentSwitch100,
    /// Enter, increment, leave: one of 10,000 components at random.
    ComponentSwitch10000,
    /// One increment under two labels of four and two values.
    CounterEnumLabels,
    /// One increment under two labels whose values are texts, looked up each time.
    CounterTextLabels,
    /// The same where there is no room for more series, and all of them count as one.
    CounterTextLabelsOverflow,
    /// The increment of [`Case::CounterTextLabels`] through a handle that was looked up before.
    CounterTextLabelsHandle,
    /// A gauge set.
    GaugeSet,
    /// One observation over twelve bounds.
    Histogram,
    /// One observation over exponential buckets, eight per power of two.
    HistogramExponential,
    /// One observation of a summary.
    SummaryObserve,
    /// 100 ns of work alone: what [`Case::WorkCounterHistogram`] is reported over.
    Work,
    /// 100 ns of work, counted and timed into a histogram.
    WorkCounterHistogram,
    /// Two readings of the clock.
    ClockPair,
    /// One increment through the macro of the facade `metrics`, under two labels.
    MetricsFacade,
    /// One observation through the macro of the facade `metrics`.
    MetricsFacadeHistogram,
    /// The exposition of 100,000 counters with three labels, as text; for obs with the merge before it.
    Render100k,
    /// The same of 10,000 histograms with twelve bounds.
    Render10kHistograms,
    /// One recorded span below the root of a trace.
    Span,
    /// One recorded span within another one that is running.
    SpanChild,
    /// A whole trace: a root with ten children, one after another.
    SpanRoot10,
    /// The same where the ten are async functions, each polled once.
    SpanAsync,
    /// A span in a trace that is not sampled; reported over [`Case::Empty`].
    SpanUnsampled,
    /// A span of a library that is switched off; reported over [`Case::Empty`].
    SpanOff,
    /// A span of `tracing` below the root of a trace: entered, left, closed. What a layer does of it is its share.
    TracingBridge,
    /// 100 ns of work in a function with metrics and a span; reported over [`Case::Work`].
    Instrumented,
    /// Nothing, at the pace of [`Case::SpanRoot10Cpu`], which is reported over it.
    Paced,
    /// The processor time per span of [`Case::SpanRoot10`] at a steady pace, with what other threads spend on collecting.
    SpanRoot10Cpu,
}

/// Where a case is measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// In one process, as most.
    Together,
    /// In a process of its own, since what other cases record would be rendered as well. It takes milliseconds.
    Apart,
    /// Each library in a process of its own, since each has one subscriber, reporter or collector per process.
    Alone,
}

impl Case {
    /// Every case, in the order of the report.
    pub const ALL: [Case; 33] = [
        Case::Empty,
        Case::Counter,
        Case::CounterOff,
        Case::CounterComponent,
        Case::ComponentEnterLeave,
        Case::ComponentSwitch1,
        Case::ComponentSwitch100,
        Case::ComponentSwitch10000,
        Case::CounterEnumLabels,
        Case::CounterTextLabels,
        Case::CounterTextLabelsOverflow,
        Case::CounterTextLabelsHandle,
        Case::GaugeSet,
        Case::Histogram,
        Case::HistogramExponential,
        Case::SummaryObserve,
        Case::Work,
        Case::WorkCounterHistogram,
        Case::ClockPair,
        Case::MetricsFacade,
        Case::MetricsFacadeHistogram,
        Case::Render100k,
        Case::Render10kHistograms,
        Case::Span,
        Case::SpanChild,
        Case::SpanRoot10,
        Case::SpanAsync,
        Case::SpanUnsampled,
        Case::SpanOff,
        Case::TracingBridge,
        Case::Instrumented,
        Case::Paced,
        Case::SpanRoot10Cpu,
    ];

    /// The name in tables, in JSON and after `--only`.
    pub fn name(self) -> &'static str {
        match self {
            Case::Empty => "empty",
            Case::Counter => "counter",
            Case::CounterOff => "counter_off",
            Case::CounterComponent => "counter_component",
            Case::ComponentEnterLeave => "component_enter_leave",
            Case::ComponentSwitch1 => "component_switch_1",
            Case::ComponentSwitch100 => "component_switch_100",
            Case::ComponentSwitch10000 => "component_switch_10000",
            Case::CounterEnumLabels => "counter_enum_labels",
            Case::CounterTextLabels => "counter_text_labels",
            Case::CounterTextLabelsOverflow => "counter_text_labels_overflow",
            Case::CounterTextLabelsHandle => "counter_text_labels_handle",
            Case::GaugeSet => "gauge_set",
            Case::Histogram => "histogram",
            Case::HistogramExponential => "histogram_exponential",
            Case::SummaryObserve => "summary_observe",
            Case::Work => "work",
            Case::WorkCounterHistogram => "work_counter_histogram",
            Case::ClockPair => "clock_pair",
            Case::MetricsFacade => "metrics_facade",
            Case::MetricsFacadeHistogram => "metrics_facade_histogram",
            Case::Render100k => "render_100k",
            Case::Render10kHistograms => "render_10k_histograms",
            Case::Span => "span",
            Case::SpanChild => "span_child",
            Case::SpanRoot10 => "span_root_10",
            Case::SpanAsync => "span_async",
            Case::SpanUnsampled => "span_unsampled",
            Case::SpanOff => "span_off",
            Case::TracingBridge => "tracing_bridge",
            Case::Instrumented => "instrumented",
            Case::Paced => "paced",
            Case::SpanRoot10Cpu => "span_root_10_cpu",
        }
    }

    /// The case of that name.
    pub fn named(name: &str) -> Option<Case> {
        Case::ALL.into_iter().find(|case| case.name() == name)
    }

    /// The thread counts it is asked with.
    pub fn threads(self) -> &'static [usize] {
        match self {
            Case::Counter | Case::Span | Case::SpanChild => &[1, 2, 8],
            Case::Render100k | Case::Render10kHistograms => &[1],
            _ => &[1, 2],
        }
    }

    /// Whether the report shows it; the work alone and the pace alone are only subtracted.
    pub fn is_reported(self) -> bool {
        !matches!(self, Case::Work | Case::Paced)
    }

    /// Where it is measured.
    pub fn place(self) -> Place {
        match self {
            Case::Render100k | Case::Render10kHistograms => Place::Apart,
            Case::Span
            | Case::SpanChild
            | Case::SpanRoot10
            | Case::SpanAsync
            | Case::SpanUnsampled
            | Case::SpanOff
            | Case::TracingBridge
            | Case::Instrumented
            | Case::Paced
            | Case::SpanRoot10Cpu => Place::Alone,
            _ => Place::Together,
        }
    }

    /// What must be measured beside it: the case whose time, in the same round, is taken off.
    pub fn taken_off(self) -> Option<Case> {
        match self {
            Case::CounterOff | Case::SpanOff | Case::SpanUnsampled => Some(Case::Empty),
            Case::WorkCounterHistogram | Case::Instrumented => Some(Case::Work),
            Case::SpanRoot10Cpu => Some(Case::Paced),
            _ => None,
        }
    }

    /// Whether its loop keeps a pace, and its figure is processor time.
    pub fn is_paced(self) -> bool {
        matches!(self, Case::Paced | Case::SpanRoot10Cpu)
    }

    /// How many spans one operation records, where it is more than one.
    pub fn spans(self) -> u64 {
        match self {
            Case::SpanRoot10 | Case::SpanAsync | Case::Paced | Case::SpanRoot10Cpu => 11,
            _ => 1,
        }
    }

    /// How many slots of a ring of obs one operation takes: a root takes one for its start, too.
    pub fn slots(self) -> u64 {
        match self.spans() {
            1 => 1,
            spans => spans + 1,
        }
    }

    /// How many components the switch cases choose from.
    pub fn components(self) -> usize {
        match self {
            Case::ComponentSwitch100 => 100,
            Case::ComponentSwitch10000 => 10_000,
            _ => 1,
        }
    }
}

/// The three switch cases.
pub const SWITCHES: [Case; 3] = [
    Case::ComponentSwitch1,
    Case::ComponentSwitch100,
    Case::ComponentSwitch10000,
];
