//! Questions about traces, and what a process says that it cannot answer.

use anyhow::{Context, Result, anyhow, bail};
use obs_runtime::api::traces::{
    ACCOUNTING_PATH, Accounting, BOTTLENECKS_PATH, Bottlenecks, LEAST_DIGITS, OPEN_PATH, OpenSpans,
    Refusal, TRACE_PATH, TRACES_PATH, Trace, TraceList,
};

use super::{Client, ask, body};
use crate::dashboard::{TraceFormat, TraceQuestion};
use crate::text::printable;

impl Client {
    /// Asks for a list of traces.
    ///
    /// # Errors
    ///
    /// Nobody answers, or not as obs does; or the query is none.
    pub(crate) fn traces(&self, question: &TraceQuestion) -> Result<TraceList> {
        let limit = question.limit.to_string();
        self.told(
            TRACES_PATH,
            &[
                ("q", Some(&question.query).filter(|query| !query.is_empty())),
                ("order", Some(&question.order)),
                ("limit", Some(&limit)),
                ("after", question.after.as_ref()),
            ],
            |body| serde_json::from_slice(body),
        )
    }

    /// Asks for a trace by its id or the first digits of it, with the path of its root or of another span.
    ///
    /// # Errors
    ///
    /// Nobody answers, or not as obs does; or there is no such trace, or more than one.
    pub(crate) fn trace(&self, id: &str, root: Option<&String>) -> Result<Trace> {
        self.told(&trace_path(id)?, &[("root", root)], |body| {
            serde_json::from_slice(body)
        })
    }

    /// Asks for a trace as a file.
    ///
    /// # Errors
    ///
    /// As for a trace.
    pub(crate) fn export(&self, id: &str, format: TraceFormat) -> Result<Vec<u8>> {
        let format = format.name().to_owned();
        self.answer(&trace_path(id)?, &[("format", Some(&format))])
    }

    /// Asks for the spans that are under way.
    ///
    /// # Errors
    ///
    /// Nobody answers, or not as obs does.
    pub(crate) fn open_spans(&self) -> Result<OpenSpans> {
        self.told(OPEN_PATH, &[], |body| serde_json::from_slice(body))
    }

    /// Asks where the time of traces goes: of all, or of those with this root operation.
    ///
    /// # Errors
    ///
    /// Nobody answers, or not as obs does.
    pub(crate) fn bottlenecks(&self, root: Option<&str>, limit: usize) -> Result<Bottlenecks> {
        let (root, limit) = (root.map(str::to_owned), limit.to_string());
        self.told(
            BOTTLENECKS_PATH,
            &[("root", root.as_ref()), ("limit", Some(&limit))],
            |body| serde_json::from_slice(body),
        )
    }

    /// The same as folded stacks.
    ///
    /// # Errors
    ///
    /// Nobody answers, or not as obs does.
    pub(crate) fn folded(&self, root: Option<&str>) -> Result<Vec<u8>> {
        let (root, format) = (root.map(str::to_owned), "folded".to_owned());
        self.answer(
            BOTTLENECKS_PATH,
            &[("root", root.as_ref()), ("format", Some(&format))],
        )
    }

    /// Asks what became of every span.
    ///
    /// # Errors
    ///
    /// Nobody answers, or not as obs does.
    pub(crate) fn accounting(&self) -> Result<Accounting> {
        self.told(ACCOUNTING_PATH, &[], |body| serde_json::from_slice(body))
    }

    fn told<T>(
        &self,
        path: &str,
        parameters: &[(&str, Option<&String>)],
        read: impl FnOnce(&[u8]) -> serde_json::Result<T>,
    ) -> Result<T> {
        let body = self.answer(path, parameters)?;
        read(&body).with_context(|| self.not_understood(path))
    }

    fn answer(&self, path: &str, parameters: &[(&str, Option<&String>)]) -> Result<Vec<u8>> {
        let url = format!("{}{path}{}", self.base, query_of(parameters));
        let response = ask(&self.agent, &url, "application/json")?;
        let status = response.status();
        if status.is_success() {
            return body(response, &url);
        }
        let said = body(response, &url)?;
        match serde_json::from_slice::<Refusal>(&said) {
            Ok(refusal) if !refusal.error.is_empty() => Err(in_words(&refusal)),
            _ if status == 404 => bail!(
                "{} answers, but knows nothing of traces (no {path}): update obs in that process, or name another by --url",
                self.base
            ),
            _ => bail!("{url} answers with {status}: {}", excerpt(&said)),
        }
    }
}

/// What is wrong, where in the question, and what else it could mean.
fn in_words(refusal: &Refusal) -> anyhow::Error {
    let mut words = printable(&refusal.error);
    if let Some(pointed) = &refusal.pointed {
        for line in pointed.lines() {
            words += &format!("\n  {}", printable(line));
        }
    }
    for id in &refusal.candidates {
        words += &format!("\n  {}", printable(id));
    }
    anyhow!(words)
}

/// The path of a trace; an id that cannot be one is not asked for.
fn trace_path(id: &str) -> Result<String> {
    let digits = id.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !digits || !(LEAST_DIGITS..=32).contains(&id.len()) {
        bail!(
            "`{}` is no id of a trace: write its first {LEAST_DIGITS} to 32 hexadecimal digits, as `obs-cli traces list` \
             prints them",
            printable(id)
        );
    }
    Ok(format!("{TRACE_PATH}{}", id.to_ascii_lowercase()))
}

/// Parameters as they stand behind a path; nothing without any.
fn query_of(parameters: &[(&str, Option<&String>)]) -> String {
    let mut query = String::new();
    for (name, value) in parameters {
        if let Some(value) = value {
            query.push(if query.is_empty() { '?' } else { '&' });
            query.push_str(name);
            query.push('=');
            encode(value, &mut query);
        }
    }
    query
}

fn encode(value: &str, into: &mut String) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            into.push_str(&format!("%{byte:02X}"));
        }
    }
}

/// The first words of an answer, in one line.
fn excerpt(said: &[u8]) -> String {
    let said = &said[..said.len().min(200)];
    let text = String::from_utf8_lossy(said).trim().replace('\n', " ");
    if text.is_empty() {
        "no reason given".to_owned()
    } else {
        printable(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_encoded() {
        let value = "op:storage.* dur>5ms größe&x".to_owned();
        assert_eq!(
            query_of(&[
                ("q", Some(&value)),
                ("after", None),
                ("limit", Some(&"5".to_owned()))
            ]),
            "?q=op%3Astorage.%2A%20dur%3E5ms%20gr%C3%B6%C3%9Fe%26x&limit=5"
        );
        assert_eq!(query_of(&[("root", None)]), "");
    }

    #[test]
    fn what_is_no_id_is_not_asked_for() {
        for id in ["", "4bf", "4bf9/../x", "größe", &"0".repeat(33)] {
            let error = trace_path(id).expect_err(id).to_string();
            assert!(error.contains("hexadecimal digits"), "{error}");
        }
        let path = trace_path("4BF92F35").expect("it is the beginning of one");
        assert_eq!(path, "/api/obs/v1/traces/4bf92f35");
    }

    #[test]
    fn a_refusal_says_where_and_what_else() {
        let refusal = Refusal {
            error: "there is no field `dru`".to_owned(),
            column: Some(3),
            pointed: Some("x dru>5\n  ^".to_owned()),
            candidates: vec!["4bf9".to_owned()],
        };
        assert_eq!(
            in_words(&refusal).to_string(),
            "there is no field `dru`\n  x dru>5\n    ^\n  4bf9"
        );
    }
}
