//! The page at `/`: what this process is, and where to go from here.

use axum::Router;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::routing::get;

/// The paths that the page links to, and what each is for.
pub(crate) const PATHS: [(&str, &str); 9] = [
    (
        "/metrics",
        "what the process has recorded, for Prometheus; name[]=... picks families",
    ),
    ("/livez", "whether the runtime answers"),
    (
        "/readyz",
        "whether it merges what is recorded; ?verbose says more",
    ),
    (
        "/api/obs/v1/snapshot",
        "what the process has recorded, as JSON, for obs-cli",
    ),
    (
        "/api/obs/v1/catalogue",
        "every metric that is defined, as JSON",
    ),
    (
        "/api/obs/v1/traces",
        "traces that are kept; ?q= picks, ?order= and ?limit= sort; below it, /ID is one of them, ?format=otlp, chrome or folded a file",
    ),
    (
        "/api/obs/v1/open",
        "spans that have begun and not ended, and which of them are stuck",
    ),
    (
        "/api/obs/v1/bottlenecks",
        "where the time of all traces goes; ?root= picks, ?format=folded for a flame graph",
    ),
    (
        "/api/obs/v1/accounting",
        "what became of every span, and whether that adds up",
    ),
];

/// Returns the route of the page.
pub(crate) fn routes() -> Router {
    let page = page(&process_name());
    Router::new().route(
        "/",
        get(async move || {
            let headers = [
                (CONTENT_TYPE, "text/html; charset=utf-8"),
                (CONTENT_SECURITY_POLICY, "default-src 'none'"),
                (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ];
            (headers, page)
        }),
    )
}

pub(crate) fn process_name() -> String {
    let program = std::env::current_exe().ok();
    let name = program.as_deref().and_then(|program| program.file_name());
    name.map_or("unnamed process".into(), |name| {
        name.to_string_lossy().into_owned()
    })
}

fn page(process: &str) -> String {
    let process = escaped(process);
    let version = env!("CARGO_PKG_VERSION");
    let links = PATHS.map(|(path, purpose)| {
        let purpose = escaped(purpose);
        format!("<li><a href=\"{path}\">{path}</a> {purpose}</li>\n")
    });
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{process}</title></head>\n<body>\n\
         <h1>{process}</h1>\n<p>obs {version}, process {}</p>\n<ul>\n{}</ul>\n</body>\n</html>\n",
        std::process::id(),
        links.concat(),
    )
}

/// A program may be called anything.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_the_process_and_links_every_path() {
        let page = page("a <b>\"c\" & d");
        assert!(page.contains("<h1>a &lt;b&gt;&quot;c&quot; &amp; d</h1>"));
        assert!(page.contains(env!("CARGO_PKG_VERSION")));
        for (path, _) in PATHS {
            assert!(page.contains(&format!("<a href=\"{path}\">")), "{page}");
        }
    }
}
