//! The HTTP client: snapshots, catalogues, expositions and traces of a running process.

/// Questions about traces.
mod traces;

use std::io::{self, Read};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail, ensure};
use obs_runtime::api::{CATALOGUE_PATH, Catalogue, SNAPSHOT_PATH, Snapshot};
use ureq::Agent;
use ureq::http::Response;

use obs_runtime::api::traces::{Bottlenecks, OpenSpans, Trace, TraceList};

use crate::dashboard::{Source, TraceFormat, TraceQuestion};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// How large an answer may be: a million series and some.
const MOST_BYTES: u64 = 1 << 30;

/// How much of an answer that is no success is shown.
const EXCERPT_BYTES: u64 = 200;

/// How many operations a dashboard shows.
const BOTTLENECKS_SHOWN: usize = 100;

/// A process, asked over HTTP.
#[derive(Debug)]
pub(crate) struct Client {
    agent: Agent,
    /// The address without a path or a slash at its end.
    base: String,
}

/// An exposition as it came.
#[derive(Debug)]
pub(crate) struct Exposition {
    /// What the server says that it is.
    pub(crate) content_type: String,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Client {
    /// Reads an address; nothing is asked yet.
    ///
    /// # Errors
    ///
    /// It is no address of plain HTTP.
    pub(crate) fn new(url: &str) -> Result<Client> {
        let config = Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            // A process on this machine is not behind the proxy that HTTP_PROXY names.
            .proxy(None)
            .user_agent(concat!("obs-cli/", env!("CARGO_PKG_VERSION")));
        Ok(Client {
            agent: config.build().into(),
            base: base(url)?,
        })
    }

    /// The address, for titles and messages.
    pub(crate) fn address(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    /// Asks for a snapshot that is made now.
    ///
    /// # Errors
    ///
    /// Nobody answers, or not as obs does.
    pub(crate) fn snapshot(&self) -> Result<Snapshot> {
        let body = self.read(SNAPSHOT_PATH)?;
        serde_json::from_slice(&body).with_context(|| self.not_understood(SNAPSHOT_PATH))
    }

    /// Asks for the catalogue.
    ///
    /// # Errors
    ///
    /// Nobody answers, or not as obs does.
    pub(crate) fn catalogue(&self) -> Result<Catalogue> {
        let body = self.read(CATALOGUE_PATH)?;
        serde_json::from_slice(&body).with_context(|| self.not_understood(CATALOGUE_PATH))
    }

    fn read(&self, path: &str) -> Result<Vec<u8>> {
        let url = format!("{}{path}", self.base);
        let response = ask(&self.agent, &url, "application/json")?;
        let status = response.status();
        if status == 404 {
            bail!(
                "{} answers, but has no {path}: name the address of a process with the obs runtime, by --url, \
                 or update obs in it",
                self.base
            );
        }
        ensure!(
            status.is_success(),
            "{url} answers with {status}: {}",
            excerpt(response)
        );
        body(response, &url)
    }

    fn not_understood(&self, path: &str) -> String {
        format!(
            "{}{path} answers with something that this obs-cli cannot read: is it a process with obs?",
            self.base
        )
    }
}

impl Source for Client {
    fn snapshot(&mut self) -> Result<Snapshot> {
        Client::snapshot(self)
    }

    fn traces(&mut self, question: &TraceQuestion) -> Result<TraceList> {
        Client::traces(self, question)
    }

    fn trace(&mut self, id: &str) -> Result<Trace> {
        Client::trace(self, id, None)
    }

    fn export(&mut self, id: &str, format: TraceFormat) -> Result<Vec<u8>> {
        Client::export(self, id, format)
    }

    fn open_spans(&mut self) -> Result<OpenSpans> {
        Client::open_spans(self)
    }

    fn bottlenecks(&mut self, root: Option<&str>) -> Result<Bottlenecks> {
        Client::bottlenecks(self, root, BOTTLENECKS_SHOWN)
    }
}

/// Gets an exposition from anywhere.
///
/// # Errors
///
/// Nobody answers, or not with a success.
pub(crate) fn exposition(url: &str, accept: &str) -> Result<Exposition> {
    let client = Client::new(url)?;
    let url = with_scheme(url);
    let response = ask(&client.agent, &url, accept)?;
    let status = response.status();
    ensure!(
        status.is_success(),
        "{url} answers with {status}: {}",
        excerpt(response)
    );
    let content_type = response.headers().get("content-type");
    Ok(Exposition {
        content_type: content_type
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned(),
        body: body(response, &url)?,
    })
}

fn ask(agent: &Agent, url: &str, accept: &str) -> Result<Response<ureq::Body>> {
    let asked = agent.get(url).header("accept", accept).call();
    asked.map_err(|error| match error {
        ureq::Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => anyhow!(
            "nobody listens at {url}: start the process, or name where it serves its metrics by --url"
        ),
        ureq::Error::HostNotFound => {
            anyhow!("there is no such host as in {url}: name another by --url")
        }
        ureq::Error::Timeout(_) => anyhow!(
            "{url} does not answer within {} s: is it a process with obs that listens there?",
            PATIENCE.as_secs()
        ),
        ureq::Error::Protocol(error) => {
            anyhow!("{url} does not answer in HTTP ({error}): name another address by --url")
        }
        error => anyhow!(error).context(format!(
            "{url} could not be asked: name the address of a process with obs by --url"
        )),
    })
}

fn body(response: Response<ureq::Body>, url: &str) -> Result<Vec<u8>> {
    let body = response.into_body().into_with_config().limit(MOST_BYTES);
    body.read_to_vec()
        .with_context(|| format!("the answer of {url} broke off"))
}

/// The first words of an answer, in one line.
fn excerpt(response: Response<ureq::Body>) -> String {
    let mut bytes = Vec::new();
    let body = response.into_body().into_reader();
    // What cannot be read adds nothing to the status.
    let _ = body.take(EXCERPT_BYTES).read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes).trim().replace('\n', " ");
    if text.is_empty() {
        "no reason given".to_owned()
    } else {
        crate::text::printable(&text)
    }
}

fn with_scheme(url: &str) -> String {
    if url.contains("://") {
        url.to_owned()
    } else {
        format!("http://{url}")
    }
}

/// Scheme, host and port.
///
/// # Errors
///
/// It is no address of plain HTTP.
pub(crate) fn base(url: &str) -> Result<String> {
    let url = with_scheme(url);
    let wrong = || format!("`{url}` is no address: write it as http://host:port");
    ensure!(
        !url.starts_with("https://"),
        "`{url}` asks for TLS, which obs-cli does not speak: name the address behind the proxy, or use a tunnel"
    );
    let rest = url.strip_prefix("http://").with_context(wrong)?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    ensure!(!authority.is_empty(), wrong());
    let uri: ureq::http::Uri = format!("http://{authority}/").parse().with_context(wrong)?;
    let host = uri.host().filter(|host| !host.is_empty());
    let host = host.with_context(wrong)?;
    let port = authority.strip_prefix(host).unwrap_or_default();
    let is_port = |text: &str| text.parse::<u16>().is_ok();
    ensure!(
        port.is_empty() || port.strip_prefix(':').is_some_and(is_port),
        wrong()
    );
    Ok(format!("http://{authority}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_with_and_without_its_parts() {
        for (url, expected) in [
            ("http://127.0.0.1:9464", "http://127.0.0.1:9464"),
            ("127.0.0.1:9464", "http://127.0.0.1:9464"),
            ("http://host:1/metrics", "http://host:1"),
            ("http://[::1]:9464/", "http://[::1]:9464"),
            ("host", "http://host"),
        ] {
            assert_eq!(base(url).expect(url), expected);
        }
    }

    #[test]
    fn what_is_no_address_is_an_error_that_says_what_to_write() {
        for (url, says) in [
            ("https://host", "TLS"),
            ("ftp://host", "http://host:port"),
            ("http://", "http://host:port"),
            ("http://a b", "http://host:port"),
            ("http://host:port", "http://host:port"),
            (":9464", "http://host:port"),
            ("", "http://host:port"),
        ] {
            let error = format!("{:#}", base(url).expect_err(url));
            assert!(error.contains(says), "{url}: {error}");
        }
    }
}
