//! Places in the program: more than there is room for. A program of its own, since a process has this room once.

/// What was recorded, read back.
mod stored;

use obs_runtime::bridge::tracing::MOST_CALLSITES;
use tracing::callsite::{Callsite, Identifier};
use tracing::field::FieldSet;
use tracing::metadata::Kind;
use tracing::subscriber::Interest;
use tracing::{Level, Metadata, Span};

use stored::{bare, stored};

/// A place that is made while the program runs.
struct Place {
    metadata: std::sync::OnceLock<Metadata<'static>>,
}

impl Callsite for Place {
    fn set_interest(&self, _: Interest) {}

    fn metadata(&self) -> &Metadata<'_> {
        self.metadata.get().expect("it was set")
    }
}

fn place(number: usize) -> &'static Metadata<'static> {
    let place: &'static Place = Box::leak(Box::new(Place {
        metadata: std::sync::OnceLock::new(),
    }));
    let name: &'static str = format!("place {number}").leak();
    place.metadata.get_or_init(|| {
        let fields = FieldSet::new(&["n"], Identifier(place));
        Metadata::new(
            name,
            "made",
            Level::INFO,
            None,
            None,
            None,
            fields,
            Kind::SPAN,
        )
    })
}

#[test]
fn places_beyond_the_limit_share_a_name_and_lose_no_span() {
    const BEYOND: usize = 500;
    let places: Vec<_> = (0..MOST_CALLSITES + BEYOND).map(place).collect();
    let traces = stored(&bare(), || {
        let _root = obs::span!("root");
        for place in &places {
            let field = place.fields().field("n").expect("it has one");
            let span = Span::new(
                place,
                &place
                    .fields()
                    .value_set(&[(&field, Some(&7_u64 as &dyn tracing::Value))]),
            );
            drop(span);
        }
    });
    let spans: Vec<_> = traces.iter().flat_map(|trace| &trace.spans).collect();
    assert_eq!(spans.len(), 1 + MOST_CALLSITES + BEYOND);
    let shared = spans.iter().filter(|span| &*span.operation == "_overflow");
    let shared: Vec<_> = shared.collect();
    assert_eq!(shared.len(), BEYOND);
    assert!(spans[1..].iter().all(|span| span.attributes.len() == 1));
    let key = &shared[0].attributes[0].key;
    assert_eq!(&**key, "n");
}
