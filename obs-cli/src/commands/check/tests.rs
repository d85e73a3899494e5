//! Every rule has an exposition that breaks it, and what is right breaks none.

use super::*;

const TEXT: FormatName = FormatName::Text;
const OPEN: FormatName = FormatName::OpenMetrics;

fn rules(text: &str, format: FormatName) -> Vec<(usize, &'static str)> {
    exposition::check(text.as_bytes(), format)
        .iter()
        .map(|finding| (finding.line, finding.fault.rule))
        .collect()
}

/// A gauge, with these lines behind its header.
fn gauge(lines: &str) -> String {
    format!("# HELP g G.\n# TYPE g gauge\n{lines}")
}

fn histogram(lines: &str) -> String {
    format!("# HELP h H.\n# TYPE h histogram\n{lines}")
}

const RIGHT_TEXT: &str = "\
# a remark\n\
# HELP h_seconds H \\\\ with \\n and \"quotes\".\n\
# TYPE h_seconds histogram\n\
h_seconds_bucket{a=\"1\",le=\"0.1\"} 1\n\
h_seconds_bucket{a=\"1\",le=\"1\"} 3\n\
h_seconds_bucket{a=\"1\",le=\"+Inf\"} 3\n\
h_seconds_sum{a=\"1\"} 0.5\n\
h_seconds_count{a=\"1\"} 3\n\
\n\
# HELP jobs_total J.\n\
# TYPE jobs_total counter\n\
jobs_total{path=\"c:\\\\\\n\\\"\",} 7 1700000000000\n\
jobs_total\t8\n\
# HELP s_seconds S.\n\
# TYPE s_seconds summary\n\
s_seconds{quantile=\"0.99\"} NaN\n\
s_seconds_sum 0\n\
s_seconds_count 0\n\
# HELP nothing_total No series yet.\n\
# TYPE nothing_total counter\n";

const RIGHT_OPEN: &str = "\
# HELP jobs J.\n\
# TYPE jobs counter\n\
jobs_total{a=\"b\"} 7 # {trace_id=\"abc\"} 1.0 1700000000.123\n\
jobs_created{a=\"b\"} 1.7e9\n\
# HELP h_seconds H.\n\
# TYPE h_seconds histogram\n\
# UNIT h_seconds seconds\n\
h_seconds_bucket{le=\"1.0\"} 3\n\
h_seconds_bucket{le=\"+Inf\"} 3\n\
h_seconds_sum 0.5\n\
h_seconds_count 3\n\
# HELP up_state S.\n\
# TYPE up_state stateset\n\
up_state{up_state=\"on\"} 1\n\
up_state{up_state=\"off\"} 0\n\
# HELP build B.\n\
# TYPE build info\n\
build_info{version=\"1\"} 1\n\
# EOF\n";

#[test]
fn what_is_right_has_no_findings() {
    assert_eq!(rules(RIGHT_TEXT, TEXT), []);
    assert_eq!(rules(RIGHT_OPEN, OPEN), []);
    assert_eq!(rules("", TEXT), []);
    assert_eq!(rules("# EOF\n", OPEN), []);
}

#[test]
fn several_blanks_and_tabs_are_fine_in_text_headers_alone() {
    let spaced = "#\tHELP  g   G.\n#  TYPE\tg gauge\ng 1\n";
    assert_eq!(rules(spaced, TEXT), []);
    assert!(!rules(&format!("{spaced}# EOF\n"), OPEN).is_empty());
}

#[test]
fn blanks_may_stand_between_any_parts_of_a_sample_in_text_alone() {
    for sample in [
        "g{ a=\"1\" } 1\n",
        "g\t{ a = \"1\" ,\tb =\t\"2\" , }  1\n",
        "g { } 1\n",
    ] {
        assert_eq!(rules(&gauge(sample), TEXT), [], "{sample:?}");
        let open = gauge(sample) + "# EOF\n";
        assert!(!rules(&open, OPEN).is_empty(), "{sample:?}");
    }
}

#[test]
fn names_in_quotes_may_be_any_text() {
    let named = "# HELP \"my.wait \\\"x\\\"\" W.\n# TYPE \"my.wait \\\"x\\\"\" gauge\n\
                 {\"my.wait \\\"x\\\"\"} 1\n{\"my.wait \\\"x\\\"\",\"größe.}\"=\"{,\",a=\"b\"} 1\n";
    assert_eq!(rules(named, TEXT), []);
    assert_eq!(rules(&format!("{named}# EOF\n"), OPEN), []);
    // What may be written without quotes is the same with them.
    assert_eq!(rules(&gauge("g 1\n{\"g\"} 2\n"), TEXT), [(4, "duplicate")]);
    let histogram = "# HELP \"h.s\" H.\n# TYPE \"h.s\" histogram\n{\"h.s_bucket\", le=\"+Inf\"} 2\n\
                     {\"h.s_sum\"} 1\n{\"h.s_count\"} 3\n";
    assert_eq!(rules(histogram, TEXT), [(3, "bucket-infinite")]);
    for (lines, rule) in [
        ("g{\"h\"} 1\n", "name"),
        ("{\"\"} 1\n", "name"),
        ("{a=\"b\"} 1\n", "name"),
        ("{\"g\",\"h\"} 1\n", "syntax"),
        ("{a=\"b\",\"g\"} 1\n", "syntax"),
        ("{\"g} 1\n", "syntax"),
        ("g{\"a\"=\"1\",a=\"2\"} 1\n", "label-twice"),
        ("g{\"le\"=\"1\"} 1\n", "reserved-label"),
        ("{\"\\t\"} 1\n", "escape"),
        ("# TYPE \"g gauge\n", "syntax"),
        ("# TYPE \"\" gauge\n", "name"),
    ] {
        let found = rules(&gauge(lines), TEXT);
        assert!(found.contains(&(3, rule)), "{lines:?}: {found:?}");
    }
    let exemplar = "# HELP a A.\n# TYPE a counter\na_total 1 # {\"a\",b=\"c\"} 1\n# EOF\n";
    assert_eq!(rules(exemplar, OPEN), [(3, "exemplar")]);
}

#[test]
fn every_fault_of_a_line_is_found() {
    for (lines, line, rule) in [
        ("g 1", 3, "line-end"),
        ("g 1\r\n", 3, "line-end"),
        (" g 1\n", 3, "blanks"),
        ("g{a=\"1\"}1\n", 3, "blanks"),
        ("g one\n", 3, "value"),
        ("g 0x1p4\n", 3, "value"),
        ("g inf\n", 3, "value"),
        ("g\n", 3, "value"),
        ("g 1 soon\n", 3, "timestamp"),
        ("g 1 1.5\n", 3, "timestamp"),
        ("g 1 2 3\n", 3, "syntax"),
        ("g{a=1} 1\n", 3, "syntax"),
        ("g{a=\"1} 1\n", 3, "syntax"),
        ("g{a=\"1\"b=\"2\"} 1\n", 3, "syntax"),
        ("g{a=\"1\",a=\"2\"} 1\n", 3, "label-twice"),
        ("g{1a=\"1\"} 1\n", 3, "name"),
        ("g{a:b=\"1\"} 1\n", 3, "name"),
        ("g-h 1\n", 3, "name"),
        ("g{a=\"\\t\"} 1\n", 3, "escape"),
        ("g 1 # {a=\"b\"} 1\n", 3, "exemplar"),
        ("g{__a=\"1\"} 1\n", 3, "reserved-label"),
        ("g{le=\"1\"} 1\n", 3, "reserved-label"),
        ("g{quantile=\"1\"} 1\n", 3, "reserved-label"),
        ("g 1\ng 2\n", 4, "duplicate"),
        (
            "g{a=\"1\",b=\"2\"} 1\ng{b=\"2\",a=\"1\"} 2\n",
            4,
            "duplicate",
        ),
        ("g 1\n# HELP g G.\n", 4, "header-late"),
        ("# TYPE g gauge\ng 1\n", 3, "header-twice"),
        ("g_total 1\n", 3, "suffix"),
    ] {
        let found = rules(&gauge(lines), TEXT);
        assert!(found.contains(&(line, rule)), "{lines:?}: {found:?}");
    }
    let not_utf8 = [gauge("").as_bytes(), b"g{a=\"\xff\"} 1\n"].concat();
    assert_eq!(exposition::check(&not_utf8, TEXT)[0].fault.rule, "utf8");
}

#[test]
fn every_fault_of_a_family_is_found() {
    for (text, line, rule) in [
        ("a 1\n", 1, "no-type"),
        ("# TYPE a gauge\na 1\n", 1, "no-help"),
        ("# HELP a\n# TYPE a gauge\na 1\n", 1, "no-help"),
        ("# HELP a A.\n# TYPE a speed\na 1\n", 2, "type"),
        ("# HELP a A.\n# TYPE a info\na 1\n", 2, "type"),
        ("# HELP a A.\n# TYPE a counter\na 1\n", 1, "total"),
        (
            "# HELP a_total A.\n# TYPE a_total gauge\na_total 1\n",
            1,
            "total",
        ),
        (
            "# HELP a_total A.\n# TYPE a_total counter\na_total -1\n",
            3,
            "impossible-value",
        ),
        (
            "# HELP a_total A.\n# TYPE a_total counter\na_total NaN\n",
            3,
            "impossible-value",
        ),
        ("# HELP a_ms A.\n# TYPE a_ms gauge\na_ms 1\n", 1, "unit"),
        (
            "# HELP a_gauge A.\n# TYPE a_gauge gauge\na_gauge 1\n",
            1,
            "type-in-name",
        ),
        ("# HELP a:b A.\n# TYPE a:b gauge\na:b 1\n", 1, "colon"),
        ("# HELP aB A.\n# TYPE aB gauge\naB 1\n", 1, "camel-case"),
        ("# HELP 1a A.\n", 1, "name"),
        ("# HELP a \\x.\n", 1, "escape"),
        (
            "# HELP a A.\n# TYPE a gauge\na 1\n# HELP b B.\n# TYPE b gauge\nb 1\na{c=\"d\"} 1\n",
            7,
            "interleaved",
        ),
    ] {
        let found = rules(text, TEXT);
        assert!(found.contains(&(line, rule)), "{text:?}: {found:?}");
    }
}

#[test]
fn every_fault_of_a_histogram_or_summary_is_found() {
    let whole = "h_sum 1\nh_count 2\n";
    for (lines, line, rule) in [
        ("h_bucket{le=\"1\"} 2\n", 3, "bucket-infinite"),
        ("h_bucket{le=\"+Inf\"} 3\n", 3, "bucket-infinite"),
        (
            "h_bucket{le=\"1\"} 3\nh_bucket{le=\"+Inf\"} 2\n",
            4,
            "bucket-cumulative",
        ),
        (
            "h_bucket{le=\"1\"} 1\nh_bucket{le=\"0.5\"} 1\nh_bucket{le=\"+Inf\"} 2\n",
            4,
            "bucket-order",
        ),
        (
            "h_bucket{le=\"+Inf\"} 2\nh_bucket{le=\"1\"} 1\n",
            4,
            "bucket-order",
        ),
        ("h_bucket 2\nh_bucket{le=\"+Inf\"} 2\n", 3, "bucket"),
        (
            "h_bucket{le=\"x\"} 2\nh_bucket{le=\"+Inf\"} 2\n",
            3,
            "bucket",
        ),
        (
            "h_bucket{le=\"1\"} 0.5\nh_bucket{le=\"+Inf\"} 2\n",
            3,
            "impossible-value",
        ),
        ("h 2\nh_bucket{le=\"+Inf\"} 2\n", 3, "suffix"),
    ] {
        let found = rules(&histogram(&format!("{lines}{whole}")), TEXT);
        assert!(found.contains(&(line, rule)), "{lines:?}: {found:?}");
    }
    let of = |label: &str, bound: &str| {
        format!(
            "h_bucket{{a=\"{label}\",le=\"{bound}\"}} 0\nh_bucket{{a=\"{label}\",le=\"+Inf\"}} 0\n\
             h_sum{{a=\"{label}\"}} 0\nh_count{{a=\"{label}\"}} 0\n"
        )
    };
    for (lines, line, rule) in [
        (
            "h_bucket{le=\"+Inf\"} 2\nh_sum 1\n".to_owned(),
            3,
            "incomplete",
        ),
        (
            "h_bucket{le=\"+Inf\"} 2\nh_count 2\n".to_owned(),
            3,
            "incomplete",
        ),
        (of("x", "1") + &of("y", "2"), 7, "bucket-bounds"),
        (
            of("x", "1") + &of("y", "1") + "h_bucket{a=\"x\",le=\"5\"} 0\n",
            11,
            "interleaved",
        ),
    ] {
        let found = rules(&histogram(&lines), TEXT);
        assert!(found.contains(&(line, rule)), "{lines:?}: {found:?}");
    }
    let summary = "# HELP s S.\n# TYPE s summary\ns{quantile=\"2\"} 1\ns 1\ns_sum 1\ns_count 1\n";
    assert_eq!(rules(summary, TEXT), [(3, "quantile"), (4, "quantile")]);
}

#[test]
fn a_part_that_stands_apart_is_found_among_many_thousands() {
    let of = |n: usize| {
        format!(
            "h_bucket{{n=\"{n}\",le=\"+Inf\"}} 1\nh_sum{{n=\"{n}\"}} 1\nh_count{{n=\"{n}\"}} 1\n"
        )
    };
    let many: String = (0..20_000).map(of).collect();
    assert_eq!(rules(&histogram(&many), TEXT), []);
    let apart = many + "h_bucket{n=\"7\",le=\"1\"} 0\n";
    let found = rules(&histogram(&apart), TEXT);
    assert!(found.contains(&(60_003, "interleaved")), "{found:?}");
}

#[test]
fn what_only_openmetrics_forbids_is_found_there_alone() {
    for (text, line, rule) in [
        ("# HELP g G.\n# TYPE g gauge\ng 1\n", 3, "eof"),
        (
            "# HELP g G.\n# TYPE g gauge\n\ng 1\n# EOF\n",
            3,
            "blank-line",
        ),
        ("# remark\n# EOF\n", 1, "comment"),
        ("# HELP g G.\n# TYPE g gauge\ng  1\n# EOF\n", 3, "blanks"),
        (
            "# HELP g G.\n# TYPE g gauge\ng{a=\"b\",} 1\n# EOF\n",
            3,
            "syntax",
        ),
        (
            "# HELP h H.\n# TYPE h histogram\nh_bucket{le=\"1\"} 0\nh_bucket{le=\"+Inf\"} 0\nh_sum 0\nh_count 0\n# EOF\n",
            3,
            "bucket",
        ),
    ] {
        let found = rules(text, OPEN);
        assert!(found.contains(&(line, rule)), "{text:?}: {found:?}");
        assert_eq!(rules(text, TEXT), [], "{text:?}");
    }
    for (text, line, rule) in [
        ("# EOF\n# HELP g G.\n", 2, "eof"),
        (
            "# HELP a_total A.\n# TYPE a_total counter\na_total 1\n# EOF\n",
            1,
            "total",
        ),
        ("# HELP a A.\n# TYPE a counter\na 1\n# EOF\n", 3, "suffix"),
        (
            "# HELP a A.\n# TYPE a gauge\n# UNIT a seconds\na 1\n# EOF\n",
            1,
            "unit-suffix",
        ),
        (
            "# HELP a A.\n# TYPE a info\na_info 2\n# EOF\n",
            3,
            "impossible-value",
        ),
        (
            "# HELP a A.\n# TYPE a stateset\na{a=\"x\"} 2\n# EOF\n",
            3,
            "impossible-value",
        ),
        (
            "# HELP a A.\n# TYPE a stateset\na{b=\"x\"} 1\n# EOF\n",
            3,
            "state",
        ),
        (
            "# HELP a A.\n# TYPE a gauge\na 1 # {b=\"c\"} 1\n# EOF\n",
            3,
            "exemplar",
        ),
        ("# HELP a \\\"A\".\n# EOF\n", 1, "escape"),
        (
            "# HELP a A.\n# TYPE a counter\na_total 1 # x\n# EOF\n",
            3,
            "exemplar",
        ),
    ] {
        let found = rules(text, OPEN);
        assert!(found.contains(&(line, rule)), "{text:?}: {found:?}");
    }
    let long = format!(
        "# HELP a A.\n# TYPE a counter\na_total 1 # {{b=\"{}\"}} 1\n# EOF\n",
        "x".repeat(128)
    );
    assert_eq!(rules(&long, OPEN), [(3, "exemplar")]);
}

#[test]
fn report_tells_line_fault_and_what_to_do() {
    let input = of_bytes("a.prom", b"a 1\n".to_vec(), None);
    let mut out = Vec::new();
    let outcome = report(&[input], false, &mut out).unwrap();
    assert_eq!(outcome, Outcome::Found);
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "a.prom:1: `a` has no TYPE: write a TYPE line before its first sample [no-type]\n\
         a.prom:1: `a` has no HELP: say in one sentence what it means [no-help]\n\
         a.prom: 2 findings (text)\n"
    );
}

#[test]
fn json_has_every_finding() {
    let input = || of_bytes("x", gauge("g one\n").into_bytes(), Some(TEXT));
    let mut out = Vec::new();
    report(&[input()], true, &mut out).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&out).unwrap();
    let checked = &json["checked"][0];
    assert_eq!(
        (&checked["source"], &checked["format"]),
        (&json!("x"), &json!("text"))
    );
    assert_eq!(
        (
            &checked["findings"][0]["line"],
            &checked["findings"][0]["rule"]
        ),
        (&json!(3), &json!("value"))
    );
    let right = of_bytes("x", RIGHT_OPEN.as_bytes().to_vec(), None);
    assert_eq!(right.format, OPEN, "by its last line");
    assert_eq!(
        report(&[right], true, &mut Vec::new()).unwrap(),
        Outcome::Fine
    );
}

#[test]
fn a_file_that_cannot_be_read_says_what_can_be_named() {
    let args = CheckMetricsArgs {
        source: Some("no/such/file".to_owned()),
        format: None,
        json: false,
    };
    let error = check_metrics(&args, "http://a:1", &mut Vec::new()).unwrap_err();
    assert!(error.to_string().contains("http://"), "{error}");
}
