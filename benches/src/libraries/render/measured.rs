//! `measured`, with text looked up where values are known while the program runs alone.

use std::sync::LazyLock;

use measured::label::{FixedCardinalityLabel, LabelValue, LabelVisitor};
use measured::lasso::ThreadedRodeo;
use measured::metric::MetricFamilyEncoding;
use measured::metric::group::Encoding;
use measured::metric::histogram::Thresholds;
use measured::metric::name::MetricName;
use measured::text::BufferedTextEncoder;
use measured::{CounterVec, HistogramVec, LabelGroup};

use super::{
    BOUNDS, COMPONENTS, COUNTER, HISTOGRAM, OBSERVED, SHARDS, assert_complete, component_text,
    count, shard_text, shards,
};
use crate::case::Case;
use crate::entry::Entry;

const NAME: &str = "measured";

#[derive(Clone, Copy, measured::FixedCardinalityLabel)]
enum Region {
    #[label(rename = "eu-central-1")]
    EuCentral1,
}

/// A label whose values are known to the compiler; their text is kept.
#[derive(Clone, Copy)]
struct Shard(usize);

impl LabelValue for Shard {
    fn visit<V: LabelVisitor>(&self, visitor: V) -> V::Output {
        static TEXTS: LazyLock<Vec<String>> =
            LazyLock::new(|| (0..SHARDS).map(shard_text).collect());
        visitor.write_str(&TEXTS[self.0])
    }
}

impl FixedCardinalityLabel for Shard {
    fn cardinality() -> usize {
        SHARDS
    }

    fn encode(&self) -> usize {
        self.0
    }

    fn decode(value: usize) -> Shard {
        Shard(value)
    }
}

/// Components are named while a program runs, as obs names them.
#[derive(LabelGroup)]
#[label(set = SeriesSet)]
struct Series<'a> {
    region: Region,
    #[label(dynamic_with = ThreadedRodeo, default)]
    component: &'a str,
    shard: Shard,
}

/// Each series of a case.
fn for_each(case: Case, mut record: impl FnMut(Series<'_>)) {
    for component in (0..COMPONENTS).map(component_text) {
        for shard in (0..shards(case)).map(Shard) {
            record(Series {
                region: Region::EuCentral1,
                component: &component,
                shard,
            });
        }
    }
}

pub(super) fn entry(case: Case) -> Entry {
    if case == Case::Render100k {
        let requests = CounterVec::with_label_set(SeriesSet::new());
        let mut index = 0;
        for_each(case, |series| {
            requests.inc_by(series, count(index));
            index += 1;
        });
        return rendering(case, COUNTER, "Requests.", requests);
    }
    let thresholds = Thresholds::with_buckets(BOUNDS);
    let took = HistogramVec::with_label_set_and_metadata(SeriesSet::new(), thresholds);
    for_each(case, |series| took.observe(series, OBSERVED));
    rendering(case, HISTOGRAM, "Latency.", took)
}

fn rendering(
    case: Case,
    name: &'static str,
    help: &'static str,
    family: impl MetricFamilyEncoding<BufferedTextEncoder> + Send + Sync + 'static,
) -> Entry {
    Entry::peer(case, NAME, move |iterations| {
        for _ in 0..iterations {
            let name = MetricName::from_str(name);
            let mut encoder = BufferedTextEncoder::new();
            let helped = encoder.write_help(name, help);
            let encoded = helped.and_then(|()| family.collect_family_into(name, &mut encoder));
            encoded.expect("writing to memory cannot fail");
            assert_complete(case, NAME, encoder.finish().len());
        }
    })
}
