//! A row: the series that one metric has in one life and that differ in their enum labels alone.

use obs::catalogue::{Kind, Scope};
use obs::collector::{DynamicSeries, Reading};

use super::life::Life;
use crate::model::distribution::{Exponential, Histogram, Summary};
use crate::model::exemplars::OfSeries;
use crate::model::family::{Family, Member};
use crate::model::series::{Combination, Series, Value};

/// All series of a metric in a life; with dynamic labels, those of one combination of their values.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    family: &'a Family,
    member: &'a Member,
    life: &'a Life,
    /// Which one it is of the metric's in the life: the first stands for what has no combination of dynamic labels, and then
    /// there is one for each of these. So a row keeps its number.
    number: usize,
    dynamic: Combination<'a>,
}

impl<'a> Row<'a> {
    /// The row of that number, if there are so many.
    pub(super) fn of(
        family: &'a Family,
        member: &'a Member,
        life: &'a Life,
        number: usize,
    ) -> Option<Row<'a>> {
        let dynamic = match number.checked_sub(1) {
            None => Combination::Rest,
            Some(_) if !member.is_dynamic() => return None,
            Some(combination) => {
                let dynamic = DynamicSeries::of(&member.metric, &life.dynamic);
                let dynamic = dynamic.filter(|dynamic| combination < dynamic.count())?;
                Combination::Of(dynamic, combination)
            }
        };
        Some(Row {
            family,
            member,
            life,
            number,
            dynamic,
        })
    }

    /// Every row of a metric in a life.
    pub(super) fn all(
        family: &'a Family,
        member: &'a Member,
        life: &'a Life,
    ) -> impl Iterator<Item = Row<'a>> {
        (0..).map_while(move |number| Row::of(family, member, life, number))
    }

    /// How many series it has, touched or not.
    pub(super) fn len(&self) -> usize {
        self.member.series_count
    }

    pub(crate) fn family(&self) -> &'a Family {
        self.family
    }

    /// `component="name"`; empty outside any component, and for metrics of the process.
    pub(crate) fn component_text(&self) -> &'a str {
        &self.life.text
    }

    /// Whether its series have labels beside `component` and the dynamic ones.
    pub(crate) fn has_label_text(&self) -> bool {
        !self.member.texts.get(0).is_empty()
    }

    /// Those labels of one of its series, escaped.
    #[inline]
    pub(crate) fn label_text(&self, index: usize) -> &'a str {
        self.member.texts.get(index)
    }

    /// The labels whose values are any text; they are not part of the label text.
    pub(crate) fn dynamic_labels(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        self.member.dynamic_labels(self.dynamic)
    }

    /// The number of one of its series among those of the metric in the life.
    pub(super) fn series_number(&self, index: usize) -> usize {
        self.number * self.len() + index
    }

    /// Whether untouched series are shown as 0: where the metric says so, from the registration of the component on; and where
    /// another series of the row is there already, so that the first failure, say, is seen as one.
    pub(super) fn shows_zeros(&self) -> bool {
        // Outside any component there is no registration.
        let from_the_start = self.member.scope() == Scope::Process || self.life.name.is_some();
        if self.member.shows_zero() && from_the_start {
            return true;
        }
        let touched = |index| self.reading(index) != Reading::Untouched;
        self.member.completes_series() && !self.is_blank() && (0..self.len()).any(touched)
    }

    /// Whether nobody has touched it, told by its cells alone: of every kind, those of untouched series are 0.
    pub(super) fn is_blank(&self) -> bool {
        if let Combination::Of(..) = self.dynamic {
            return false;
        }
        self.member.is_blank_in(&self.life.cells)
    }

    /// How many of its series are shown.
    pub(super) fn count_shown(&self) -> usize {
        if self.shows_zeros() {
            return self.len();
        }
        if self.is_blank() {
            return 0;
        }
        let touched = (0..self.len()).filter(|index| self.value(*index).is_some());
        touched.count()
    }

    /// What the cells of one of its series hold.
    #[inline]
    pub(super) fn reading(&self, index: usize) -> Reading<'a> {
        let metric = &self.member.metric;
        match self.dynamic {
            Combination::Of(series, combination) => series.read(metric, combination, index),
            Combination::Rest => metric.read(&self.life.cells, index),
        }
    }

    /// Which traces the observations of one of its series were made in.
    pub(crate) fn exemplars(&self, index: usize) -> OfSeries<'a> {
        let (Some(exemplars), Combination::Rest) = (&self.life.exemplars, self.dynamic) else {
            return OfSeries::default();
        };
        // Buckets, the sum, and what paces timers.
        let cells = self.member.metric.definition.bounds.len() as u32 + 3;
        let first = self.member.metric.first_cell + index as u32 * cells;
        OfSeries::new(exemplars, first)
    }

    /// The value of one of its series; `None`: nobody has touched it.
    #[inline]
    pub(crate) fn value(&self, index: usize) -> Option<Value<'a>> {
        if self.member.is_count() {
            let cell = self.member.metric.first_cell as usize + index;
            let count = *self.life.cells.get(cell)?;
            return (count > 0).then_some(Value::Counter(count));
        }
        Some(match self.reading(index) {
            Reading::Untouched => return None,
            Reading::Counter(count) => Value::Counter(count),
            Reading::CounterNanoseconds(nanoseconds) => Value::Nanoseconds(nanoseconds),
            Reading::Gauge(value) => Value::Gauge(value),
            Reading::Histogram { buckets, sum } => Value::Histogram(Histogram {
                bounds: &self.family.bounds.values,
                buckets,
                sum,
            }),
            Reading::Exponential {
                zero,
                buckets,
                overflow,
                sum,
            } => self.distribution(index, (zero, buckets, overflow), sum)?,
        })
    }

    fn distribution(
        &self,
        index: usize,
        counts: (u64, &'a [u64], u64),
        sum: f64,
    ) -> Option<Value<'a>> {
        let (scale, bounds) = (self.family.exponential()?, &self.family.bounds);
        let histogram = Exponential::new(scale, &bounds.values, counts, sum);
        if self.family.kind() != Kind::Summary {
            return Some(Value::Exponential(histogram));
        }
        let place = (self.member.metric.first_cell, self.series_number(index));
        let quantiles = self.life.quantiles.get(&place);
        Some(Value::Summary(Summary {
            quantiles: quantiles.unwrap_or(&bounds.unknown),
            sum,
            count: histogram.count(),
        }))
    }

    /// One of its series, with a value of this row's.
    pub(crate) fn series(&self, index: usize, value: Value<'a>) -> Series<'a> {
        Series {
            family: self.family,
            member: self.member,
            index,
            dynamic: self.dynamic,
            component: self.life.name.as_deref(),
            component_text: &self.life.text,
            value,
        }
    }

    /// Its series that were touched.
    pub(super) fn touched(self) -> impl Iterator<Item = Series<'a>> {
        let series = 0..self.len();
        series.filter_map(move |index| Some(self.series(index, self.value(index)?)))
    }

    /// Its series, untouched ones as 0.
    pub(super) fn whole(self) -> impl Iterator<Item = Series<'a>> {
        let value = move |index| self.value(index).unwrap_or(Value::zero(self.family));
        (0..self.len()).map(move |index| self.series(index, value(index)))
    }
}
