//! Metric families: what every snapshot of a process shares, with its label text ready.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use obs::catalogue::{Definition, Exponential, Kind, Scope};
use obs::collector::Metric;

use super::described::{self, Described};
use super::distribution::Quantiles;
use super::label_text::LabelTexts;
use super::number::canonical_float;
use super::series::Combination;
use super::taken::stem;

/// Up to how many label combinations a `zero` metric is exported before it is touched.
pub(crate) const MAX_ZERO_SERIES: usize = 64;

/// The value of every dynamic label of what there was no room for.
const OVERFLOW: &str = "_overflow";

/// Every family of a process, sorted by name.
#[derive(Debug, Default)]
pub(crate) struct Families(pub(crate) Vec<Family>);

/// The metrics that share a name, and with it kind, help, unit and label keys.
#[derive(Debug)]
pub struct Family {
    pub(crate) name: Arc<str>,
    described: Described,
    pub(crate) members: Vec<Member>,
    pub(crate) bounds: Bounds,
    /// Whether OpenMetrics can call it by the stem of its name: no other family is called so.
    stem_is_free: bool,
}

/// The bucket bounds of a histogram family, or the quantiles of a summary's, and their text.
#[derive(Debug, Default)]
pub(crate) struct Bounds {
    /// Of an exponential histogram, the powers of two in its range.
    pub(crate) values: Box<[f64]>,
    /// `le="0.5"` for each bound, and `le="+Inf"` last; or `quantile="0.5"` for each quantile.
    pub(crate) texts: LabelTexts,
    /// Empty buckets: what an untouched histogram shows.
    pub(crate) empty: Box<[u64]>,
    /// Quantiles without a value: what an untouched summary shows.
    pub(crate) unknown: Quantiles,
}

/// One metric of a family: the ones that differ from it do so in their literal labels.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) metric: Metric,
    pub(crate) series_count: usize,
    /// Constant labels, literal labels, enum labels; an entry per series.
    pub(crate) texts: LabelTexts,
}

/// How the catalogue becomes families: what a user may say about it when starting the runtime.
#[derive(Debug, Default)]
pub(crate) struct Naming {
    /// Labels of every series.
    pub(crate) constant: Vec<(String, String)>,
    /// New names for definitions that would collide.
    pub(crate) renames: Vec<Rename>,
}

/// A new name for one metric of one module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rename {
    pub(crate) module: String,
    pub(crate) name: String,
    pub(crate) new_name: String,
}

impl Naming {
    /// Returns the name under which a definition is exported.
    pub(crate) fn name_of(&self, definition: &'static Definition) -> &str {
        let renamed = self.renames.iter().find(|rename| rename.means(definition));
        renamed.map_or(definition.name, |rename| &rename.new_name)
    }
}

impl Rename {
    /// Whether the definition lies in the module, or in one below it, and has the name.
    pub(crate) fn means(&self, definition: &Definition) -> bool {
        let rest = definition.module.strip_prefix(self.module.as_str());
        let inside = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"));
        inside && definition.name == self.name
    }
}

impl Families {
    /// Groups metrics into families.
    ///
    /// A metric that contradicts the first of its name has no place in the family and is left out: starting the
    /// runtime refuses it.
    pub(crate) fn new(metrics: &[Metric], naming: &Naming) -> Families {
        let mut by_name: BTreeMap<&str, Vec<Metric>> = BTreeMap::new();
        for metric in metrics {
            let name = naming.name_of(metric.definition);
            let alike = by_name.entry(name).or_default();
            let first = alike.first().map(|first| first.definition);
            if first.is_none_or(|first| first.difference(metric.definition).is_none()) {
                alike.push(*metric);
            }
        }
        let families = by_name.into_iter();
        let families = families.map(|(name, alike)| Family::new(name, &alike, &naming.constant));
        let mut families = Families(families.collect());
        families.share_out_stems();
        families
    }

    /// Gives each stem to one family: to the one whose whole name it is, or else to the first. Two families of one name are
    /// none that OpenMetrics has.
    fn share_out_stems(&mut self) {
        let whole = self.0.iter().filter(|family| family.stem().is_none());
        let mut called: HashSet<Arc<str>> = whole.map(|family| family.name.clone()).collect();
        for family in &mut self.0 {
            if let Some(stem) = family.stem() {
                family.stem_is_free = called.insert(stem.into());
            }
        }
    }
}

impl Family {
    /// Makes the family of metrics that do not contradict each other; there is at least one.
    fn new(name: &str, metrics: &[Metric], constant: &[(String, String)]) -> Family {
        let definition = metrics[0].definition;
        // A label that some of them give themselves is left to them: with the constant one beside it, a series would have two
        // of one name, which no parser accepts, or be the same as another one.
        let is_own = |key: &str| {
            let mut definitions = metrics.iter().map(|metric| metric.definition);
            definitions.any(|definition| definition.dynamic.contains(&key))
        };
        let constant = constant.iter().filter(|(key, _)| !is_own(key));
        let constant: Vec<_> = constant
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        Family {
            name: name.into(),
            described: described_as(definition),
            members: metrics
                .iter()
                .map(|metric| Member::new(*metric, name, &constant))
                .collect(),
            stem_is_free: true,
            bounds: match (definition.kind, &definition.exponential) {
                (Kind::Histogram, None) => {
                    Bounds::new(definition.bounds.into(), definition.bounds.len() + 1)
                }
                (Kind::Histogram, Some(scale)) => {
                    Bounds::new(scale.octave_bounds().collect(), scale.buckets() as usize)
                }
                (Kind::Summary, _) => Bounds::of_quantiles(definition.quantiles),
                _ => Bounds::default(),
            },
        }
    }

    /// Returns the name of the family's series; a counter's ends in `_total`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns what the metric counts or measures, in words.
    pub fn help(&self) -> &'static str {
        self.described.help
    }

    /// Returns the unit, as in `seconds`; empty where the metric has none.
    pub fn unit(&self) -> &'static str {
        self.described.unit
    }

    /// Returns the kind of the family's series.
    pub fn kind(&self) -> Kind {
        self.definition().kind
    }

    /// Returns the buckets of an exponential histogram or a summary.
    pub(crate) fn exponential(&self) -> Option<&'static Exponential> {
        self.definition().exponential.as_ref()
    }

    /// Returns the family's name in OpenMetrics: a counter's without `_total`, an info's without `_info`, unless another
    /// family is called so.
    pub(crate) fn open_metrics_name(&self) -> &str {
        let stem = self.stem().filter(|_| self.stem_is_free);
        stem.unwrap_or(&self.name)
    }

    /// The name without the suffix that its kind has.
    pub(crate) fn stem(&self) -> Option<&str> {
        stem(&self.name, self.kind())
    }

    fn definition(&self) -> &'static Definition {
        // A family is made of its members, the first of which it is made for.
        self.members[0].metric.definition
    }
}

/// Help and unit of a definition; those of a bridge are what was said while the program runs.
fn described_as(definition: &'static Definition) -> Described {
    let said = definition
        .mixed_labels
        .then(|| described::of(definition.name));
    said.flatten().unwrap_or(Described {
        help: definition.help,
        unit: definition.unit,
    })
}

impl Bounds {
    fn new(values: Box<[f64]>, buckets: usize) -> Bounds {
        let mut texts = LabelTexts::default();
        for bound in &values {
            texts.push([("le", canonical_float(*bound).as_str())]);
        }
        texts.push([("le", "+Inf")]);
        Bounds {
            values,
            texts,
            empty: vec![0; buckets].into(),
            unknown: Box::default(),
        }
    }

    fn of_quantiles(quantiles: &'static [f64]) -> Bounds {
        let mut texts = LabelTexts::default();
        for quantile in quantiles {
            texts.push([("quantile", canonical_float(*quantile).as_str())]);
        }
        Bounds {
            texts,
            unknown: quantiles
                .iter()
                .map(|&quantile| (quantile, f64::NAN))
                .collect(),
            ..Bounds::default()
        }
    }
}

impl Member {
    fn new(metric: Metric, name: &str, constant: &[(&str, &str)]) -> Member {
        let series_count = metric.series_count();
        let mut texts = LabelTexts::default();
        for series in 0..series_count {
            let own: Vec<_> = labels(&metric, series, name).collect();
            // A label of the metric's own wins: two labels of one name make a series no parser accepts.
            let constant = constant.iter().copied();
            let constant = constant.filter(|(key, _)| own.iter().all(|(name, _)| name != key));
            texts.push(constant.chain(own.iter().copied()));
        }
        Member {
            metric,
            series_count,
            texts,
        }
    }

    /// The labels of a series, in a family of that name.
    pub(crate) fn labels<'a>(
        &self,
        series: usize,
        family: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        labels(&self.metric, series, family)
    }

    /// The labels whose values are any text, with those of one combination.
    pub(crate) fn dynamic_labels<'a>(
        &self,
        combination: Combination<'a>,
    ) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let metric = self.metric;
        let keys = metric.definition.dynamic.iter().enumerate();
        keys.map(move |(label, &key)| match combination {
            Combination::Of(series, at) => (key, series.value(&metric, at, label)),
            Combination::Rest => (key, OVERFLOW),
        })
    }

    /// Whether its cells among those of a life are all 0; with dynamic labels, the cells of what there is no room for.
    pub(crate) fn is_blank_in(&self, cells: &[u64]) -> bool {
        let first = self.metric.first_cell as usize;
        let end = first + self.metric.definition.cells() as usize;
        let own = cells.get(first.min(cells.len())..end.min(cells.len()));
        // All of them are looked at, since that is faster than to stop at the first: the compiler takes many at once.
        let all = own.unwrap_or_default().iter();
        all.fold(0, |all, cell| all | cell) == 0
    }

    /// Whether some of its labels have values that are any text.
    pub(crate) fn is_dynamic(&self) -> bool {
        !self.metric.definition.dynamic.is_empty()
    }

    /// Whether its cells are as many counts, of other things than time.
    #[inline]
    pub(crate) fn is_count(&self) -> bool {
        let definition = self.metric.definition;
        definition.kind == Kind::Counter && !self.is_dynamic() && !definition.is_in_nanoseconds()
    }

    pub(crate) fn scope(&self) -> Scope {
        self.metric.definition.scope
    }

    /// Whether series that nobody has touched are exported as 0.
    pub(crate) fn shows_zero(&self) -> bool {
        let definition = self.metric.definition;
        (self.metric.zero || definition.scope == Scope::Process)
            && self.series_count <= MAX_ZERO_SERIES
            && !self.is_dynamic()
            && !self.appears_when_told()
            && !absent_until_recorded(definition)
    }

    /// Whether all combinations of enum labels are exported once one is touched; for each combination of dynamic labels by
    /// itself.
    pub(crate) fn completes_series(&self) -> bool {
        (2..=MAX_ZERO_SERIES).contains(&self.series_count) && !self.appears_when_told()
    }

    /// Whether a 0 says nothing: for states, and for levels that nobody tells.
    fn appears_when_told(&self) -> bool {
        let definition = self.metric.definition;
        match definition.kind {
            Kind::StateSet => true,
            kind => kind == Kind::Gauge && definition.is_observed(),
        }
    }
}

/// The labels of a metric's series. The states of a state set are a label that is called like the family, also where that has
/// another name than the metric.
fn labels<'a>(
    metric: &Metric,
    series: usize,
    family: &'a str,
) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
    let definition = metric.definition;
    let is_states = move |key| definition.kind == Kind::StateSet && key == definition.name;
    let labels = metric.labels(series);
    labels.map(move |(key, value)| (if is_states(key) { family } else { key }, value))
}

/// What the system does not tell is left out, where a 0 would be a lie: the `process_` metrics that nobody has set.
fn absent_until_recorded(definition: &Definition) -> bool {
    definition.module.starts_with("obs_runtime::") && definition.name.starts_with("process_")
}
