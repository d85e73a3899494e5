//! `autometrics` over `prometheus`: a counter and a histogram per function, no span. It has one backend per program; the one it takes
//! by default, `prometheus-client`, costs more than twice as much.

use autometrics::autometrics;

use super::Resident;
use crate::case::Case;
use crate::entry::{Entry, repeat};
use crate::workload::Work;

pub(super) const NAME: &str = "autometrics";

pub(super) fn resident() -> Resident {
    let entries = vec![Entry::peer(Case::Instrumented, NAME, |iterations| {
        let mut work = Work::new();
        repeat(iterations, |_| instrumented(&mut work));
    })];
    Resident {
        entries,
        settle: Box::new(|| 0),
    }
}

#[autometrics]
fn instrumented(work: &mut Work) {
    work.run();
}
