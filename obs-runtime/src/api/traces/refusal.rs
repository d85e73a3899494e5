//! Why a question is not answered, and what to ask instead.

use serde::{Deserialize, Serialize};

/// Why a question is not answered: the body of any answer that is not 200, unless the server itself turned it away.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// What is wrong, and what to do.
    pub error: String,
    /// Where in the parameter, in characters from 1, if it is one.
    pub column: Option<u32>,
    /// The parameter and below it a caret at the column, in two lines.
    pub pointed: Option<String>,
    /// Ids of the traces that an ambiguous id could mean, some of them.
    pub candidates: Vec<String>,
}
