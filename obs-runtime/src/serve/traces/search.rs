//! From parameters to a search for traces.

use super::parameters::Parameters;
use super::refused::Refused;
use crate::answer::traces::order;
use crate::query::traces::{DEFAULT_LIMIT, Query, QueryError, Search};

/// How many traces a list may have.
const MOST: usize = 1_000;

/// What is asked for.
pub(super) fn of(parameters: &Parameters) -> Result<Search, Refused> {
    let mut search = Search {
        limit: parameters.limit(DEFAULT_LIMIT, MOST)?,
        ..Search::default()
    };
    let pointed = |text| move |error: QueryError| Refused::pointed(text, &error);
    if let Some(text) = parameters.get("q") {
        search.query = text.parse::<Query>().map_err(pointed(text))?;
    }
    if let Some(text) = parameters.get("order") {
        search.order = order(text).map_err(pointed(text))?;
    }
    if let Some(text) = parameters.get("after") {
        let no_cursor = |error| Refused::parameter(format!("`after` is {error}"));
        search.after = Some(text.parse().map_err(no_cursor)?);
    }
    Ok(search)
}
