//! What matching allocates.

use obs_runtime::query::traces::{Matcher, Query};

use crate::victim::{NOW_NS, chain};

#[test]
fn matching_allocates_nothing_however_many_spans_there_are() {
    for text in [
        "op:operation-* comp:wallet dur>1h or err",
        "attr.user=nobody or attr.user~nobody or attr.user>5",
        "text:nowhere kind:server",
        "span{op:operation-1 err} or !attr.user:user-*",
    ] {
        let query: Query = text.parse().expect("it is a query");
        let mut matcher = Matcher::new(&query, NOW_NS);
        let trace = chain(5000);
        matcher.matches(&trace);
        let allocations = allocation_counter::measure(|| {
            matcher.matches(&trace);
        });
        assert_eq!(allocations.count_total, 0, "{text}");
    }
}
