//! Why a question is not answered, as a status and a body that says what to ask instead.

use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse, Response};

use super::source::NoTrace;
use crate::api::traces::Refusal;
use crate::model::Stopped;
use crate::query::traces::QueryError;

/// Why a question is not answered.
#[derive(Debug)]
pub(super) struct Refused {
    status: StatusCode,
    refusal: Refusal,
}

impl Refused {
    pub(super) fn new(status: StatusCode, error: impl Into<String>) -> Refused {
        Refused {
            status,
            refusal: Refusal {
                error: error.into(),
                ..Refusal::default()
            },
        }
    }

    /// A parameter is wrong.
    pub(super) fn parameter(error: impl Into<String>) -> Refused {
        Refused::new(StatusCode::BAD_REQUEST, error)
    }

    /// A parameter is wrong, and it is known where.
    pub(super) fn pointed(written: &str, error: &QueryError) -> Refused {
        let mut refused = Refused::parameter(error.to_string());
        let one_line: String = written
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let before = error.column.saturating_sub(1);
        refused.refusal.column = Some(u32::try_from(error.column).unwrap_or(u32::MAX));
        refused.refusal.pointed = Some(format!("{one_line}\n{:before$}^", ""));
        refused
    }
}

impl From<Stopped> for Refused {
    fn from(_: Stopped) -> Refused {
        NoTrace::Stopped.into()
    }
}

impl From<NoTrace> for Refused {
    fn from(why: NoTrace) -> Refused {
        let status = match why {
            NoTrace::NotAnId => StatusCode::BAD_REQUEST,
            NoTrace::Unknown => StatusCode::NOT_FOUND,
            NoTrace::Ambiguous(_) => StatusCode::CONFLICT,
            NoTrace::Unreadable(_) => StatusCode::INTERNAL_SERVER_ERROR,
            NoTrace::Stopped => StatusCode::SERVICE_UNAVAILABLE,
        };
        let mut refused = Refused::new(status, why.to_string());
        if let NoTrace::Ambiguous(some) = why {
            let ids = some.iter().map(ToString::to_string);
            refused.refusal.candidates = ids.collect();
        }
        refused
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self.refusal).unwrap_or_default();
        let json = [(CONTENT_TYPE, super::desk::JSON)];
        match self.status {
            StatusCode::SERVICE_UNAVAILABLE => {
                (self.status, json, [(RETRY_AFTER, "1")], body).into_response()
            }
            status => (status, json, body).into_response(),
        }
    }
}
