//! Facts about the three macros, from text to text.

use super::*;
use quote::quote;

fn counter(input: TokenStream) -> String {
    expand(input, Kind::Counter).to_string()
}

fn messages(input: TokenStream, kind: Kind) -> Vec<String> {
    let (written, mut faults) = parse::written(input, kind);
    let _metric = valid::metric(written, kind, &mut faults);
    faults.messages()
}

#[test]
fn a_counter_is_one_call_into_obs() {
    let expected = quote! {
        ::obs::private::metric! {
            Counter, (()), ,
            name: "jobs_total", help: "Jobs finished.", unit: "", scope: Component, zero: false,
            literals: [], keys: [], bounds: &[]
        }
    };
    assert_eq!(
        counter(quote!("jobs_total", "Jobs finished.")),
        expected.to_string()
    );
}

#[test]
fn arguments_come_in_any_order() {
    let input = quote!(
        "x_seconds", "X.", crate = crate::obs, zero, bounds = [-1, 64, 1e3], scope = process,
        labels(method: Method, proto = "http", r#type: my::Type<u8, u8>,), unit = "seconds",
    );
    let expected = quote! {
        crate::obs::private::metric! {
            Histogram, ((Method, my::Type<u8, u8>)), Seconds,
            name: "x_seconds", help: "X.", unit: "seconds", scope: Process, zero: true,
            literals: [("proto", "http")], keys: [("method", Method), ("type", my::Type<u8, u8>)],
            bounds: &[-1.0, 64.0, 1000.0]
        }
    };
    assert_eq!(
        expand(input, Kind::Histogram).to_string(),
        expected.to_string()
    );
}

#[test]
fn one_label_is_no_tuple() {
    assert!(counter(quote!("x_total", "X.", labels(m: M))).contains("Counter , (M) , ,"));
}

#[test]
fn durations_have_default_bounds() {
    let expanded = expand(quote!("x_seconds", "X."), Kind::Histogram).to_string();
    assert!(
        expanded.ends_with("bounds : :: obs :: DEFAULT_BOUNDS_SECONDS }"),
        "{expanded}"
    );
}

#[test]
fn constants_of_the_user_are_looked_up_outside_the_metric() {
    for bounds in [quote!(BOUNDS), quote!([1, BOUND])] {
        let expanded =
            expand(quote!("x_bytes", "X.", bounds = #bounds), Kind::Histogram).to_string();
        assert!(
            expanded.starts_with("{ const OBS_BOUNDS_OF_METRIC : "),
            "{expanded}"
        );
        assert!(
            expanded.ends_with("bounds : OBS_BOUNDS_OF_METRIC } }"),
            "{expanded}"
        );
    }
}

#[test]
fn all_faults_are_found_at_once() {
    let input = quote!(
        "xMs", " X.", labels(component = "", m: A, m: B), unit = "ms", bounds = [2, 1, 1e999], nuit = "x", zero, zero,
        scope = proces
    );
    let found = messages(input, Kind::Histogram);
    let expected = [
        "unknown argument `nuit`: did you mean `unit`?",
        "`zero` is given twice",
        "a scope is `component` or `process`: did you mean `process`?",
        "metric names are snake_case: write `x_seconds`",
        "`ms` is not a base unit, `seconds` is: write `x_seconds`",
        "the help text has blanks around it: write `X.`",
        "`ms` is not a base unit in the plural: write `unit = \"seconds\"`",
        "`component` is set by",
        "a label without text is no label",
        "the label `m` is given twice",
        "bounds increase strictly, `1` follows `2`",
        "bounds are finite",
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found}");
    }
}

#[test]
fn only_a_gauge_is_integer() {
    let gauge = quote!("open_handles", "Open handles.", integer);
    assert!(messages(gauge, Kind::Gauge).is_empty());
    let found = messages(quote!("load_ratio", "Load.", integer), Kind::Gauge);
    assert_eq!(
        found,
        ["a ratio lies between whole numbers: leave `integer` out"]
    );
    let found = messages(quote!("open_handles", "Open handles.", int), Kind::Gauge);
    assert_eq!(found, ["unknown argument `int`: did you mean `integer`?"]);
    let found = messages(quote!("jobs_total", "Jobs.", integer), Kind::Counter);
    assert_eq!(
        found,
        ["a counter counts whole numbers anyway: leave `integer` out"]
    );
    let found = messages(
        quote!("wait_seconds", "Wait.", integer = true),
        Kind::Histogram,
    );
    assert_eq!(
        found,
        [
            "`integer` stands alone: write `integer`, or leave it out",
            "only a gauge is `integer`: leave the word out"
        ]
    );
}

#[test]
fn a_faulty_metric_is_still_a_metric() {
    let expanded = counter(quote!("jobs", "Jobs.", labels(m: M), bounds = [1]));
    assert!(
        expanded.starts_with("{ :: core :: compile_error !"),
        "{expanded}"
    );
    assert!(
        expanded.contains("Counter , (M) , , name : \"jobs_total\""),
        "{expanded}"
    );
    assert!(expanded.contains("bounds : & []"), "{expanded}");
}

#[test]
fn missing_texts_are_shown() {
    assert_eq!(messages(quote!(), Kind::Counter).len(), 1);
    let found = messages(quote!("jobs_total", zero), Kind::Counter);
    assert_eq!(
        found,
        ["expected a help text after the name: `counter!(\"jobs_total\", \"What it tells.\")`"]
    );
    let found = messages(quote!(NAME, "Jobs."), Kind::Counter);
    assert_eq!(
        found,
        ["expected the metric's name: `counter!(\"jobs_total\", \"What it tells.\")`"]
    );
}

#[test]
fn units_agree_with_names() {
    assert_eq!(
        messages(quote!("x_tasks", "X.", unit = "tasks"), Kind::Gauge),
        [""; 0]
    );
    assert_eq!(
        messages(quote!("x_bytes_total", "X.", unit = "bytes"), Kind::Counter),
        [""; 0]
    );
    let found = messages(quote!("x_bytes", "X.", unit = "seconds"), Kind::Gauge);
    assert_eq!(
        found,
        ["the name says `bytes`: write `unit = \"bytes\"`, or leave the unit out"]
    );
    let found = messages(quote!("x_total", "X.", unit = "tasks"), Kind::Counter);
    assert_eq!(
        found,
        ["the name does not end in its unit: name it `x_tasks_total`"]
    );
    assert_eq!(messages(quote!("x", "X.", unit = ""), Kind::Gauge).len(), 1);
}

#[test]
fn numbers_need_bounds() {
    let found = messages(quote!("x_bytes", "X."), Kind::Histogram);
    assert!(
        found[0].ends_with("like `bounds = [64, 1024, 16384]`"),
        "{found:?}"
    );
    assert_eq!(
        messages(quote!("x_bytes", "X.", bounds = []), Kind::Histogram).len(),
        1
    );
    assert_eq!(
        messages(quote!("x_bytes", "X.", bounds = &[1.0]), Kind::Histogram).len(),
        1
    );
    assert_eq!(
        messages(quote!("x_bytes", "X.", bounds = SIZES), Kind::Histogram).len(),
        0
    );
}

#[test]
fn labels_without_values_are_shown_how_to_have_some() {
    for labels in [
        quote!(labels),
        quote!(labels()),
        quote!(labels(m)),
        quote!(labels(m = 3)),
        quote!(labels("m")),
    ] {
        assert_eq!(
            messages(quote!("x_total", "X.", #labels), Kind::Counter).len(),
            1,
            "{labels}"
        );
    }
    let five = quote!("x_total", "X.", labels(a: A, b: A, c: A, d: A, e: A));
    assert_eq!(messages(five, Kind::Counter).len(), 1);
}
