//! What a question's parameters say; what is not known is refused, so that no typing error is taken for an answer.

use axum::http::Uri;

use super::refused::Refused;

/// The parameters of a question.
#[derive(Debug)]
pub(super) struct Parameters {
    given: Vec<(String, String)>,
}

impl Parameters {
    /// Those of an address, where these are known.
    pub(super) fn of(uri: &Uri, known: &[&str]) -> Result<Parameters, Refused> {
        let query = uri.query().unwrap_or_default();
        let given: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        for (at, (name, _)) in given.iter().enumerate() {
            if !known.contains(&&**name) {
                let known = match known {
                    [] => "none".to_owned(),
                    known => known.join(", "),
                };
                let why = format!("there is no parameter `{name}`: {known} can be given");
                return Err(Refused::parameter(why));
            }
            if given[..at].iter().any(|(earlier, _)| earlier == name) {
                let why = format!("the parameter `{name}` is given twice");
                return Err(Refused::parameter(why));
            }
        }
        Ok(Parameters { given })
    }

    /// The text of a parameter; `None` where it is not given, or empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let given = self.given.iter().find(|(given, _)| given == name);
        given
            .map(|(_, text)| &**text)
            .filter(|text| !text.is_empty())
    }

    /// How many of something are asked for.
    pub(super) fn limit(&self, default: usize, most: usize) -> Result<usize, Refused> {
        let Some(text) = self.get("limit") else {
            return Ok(default);
        };
        let limit = text.parse().ok();
        limit
            .filter(|limit| (1..=most).contains(limit))
            .ok_or_else(|| {
                let why = format!("`limit` cannot be {text:?}: it takes a number from 1 to {most}");
                Refused::parameter(why)
            })
    }
}
