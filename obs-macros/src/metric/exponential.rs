//! Exponential buckets, and the quantiles that a summary makes of them: how they are written, and what is wrong with it.

use super::model::{Kind, Scale};
use super::valid::number;
use crate::arguments;
use crate::faults::Faults;
use proc_macro2::{Ident, TokenTree};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Expr, ExprArray, LitInt, LitStr};

/// Schemas of histograms and of summaries, where none is written.
const HISTOGRAM_SCHEMA: u8 = 3;
const SUMMARY_SCHEMA: u8 = 4;
const MOST_SCHEMA: u8 = 5;

/// 1 µs to 128 s, as exponents of two.
const RANGE_OF_SECONDS: (i32, i32) = (-20, 7);

/// More buckets would make a slab of one metric; crate `obs` refuses them too.
const MOST_BUCKETS: u32 = 1_000;

/// What a summary looks back on where nothing is written, and at most.
const WINDOW_SECONDS: u64 = 60;
const LONGEST_WINDOW_SECONDS: u64 = 86_400;

const SCHEMA: &str = "a schema is a whole number from 0 to 5, for 2 to its power buckets per power of two: write `exponential(schema = 4)`";
const RANGE: &str = "a range is its two ends in brackets: `range = [0.001, 60.0]`";
const QUANTILES: &str = "expected the quantiles: `quantiles = [0.5, 0.9, 0.99]`";
const WINDOW: &str =
    "a window is a number of seconds, minutes or hours, a day at most: `window = \"5m\"`";

/// The arguments of this file, as they are written.
#[derive(Default)]
pub(super) struct Written {
    /// `exponential`, with its schema if it has one.
    word: Option<(Ident, Option<LitInt>)>,
    range: Option<(Ident, Option<ExprArray>)>,
    quantiles: Option<(Ident, Option<ExprArray>)>,
    window: Option<(Ident, Option<LitStr>)>,
}

impl Written {
    /// Reads one of `exponential`, `range`, `quantiles`, `window`. What is faulty is known as given all the same.
    pub(super) fn argument(&mut self, keyword: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
        let given = keyword.clone();
        match keyword.to_string().as_str() {
            "exponential" => {
                let (schema, read) = split(schema(input));
                self.word = Some((given, schema.flatten()));
                read
            }
            "range" => {
                let (range, read) = split(array(keyword, input, "[0.001, 60.0]", RANGE));
                self.range = Some((given, range));
                read
            }
            "quantiles" => {
                let read = array(keyword, input, "[0.5, 0.9, 0.99]", QUANTILES);
                let (quantiles, read) = split(read);
                self.quantiles = Some((given, quantiles));
                read
            }
            _ => {
                let (window, read) = split(arguments::text(keyword, input, "5m"));
                self.window = Some((given, window));
                read
            }
        }
    }

    /// Whether a histogram's buckets are these.
    pub(super) fn is_exponential(&self) -> bool {
        self.word.is_some()
    }

    /// The buckets of a metric that has some of this kind; arguments that it cannot have are faults.
    pub(super) fn scale(
        &self,
        kind: Kind,
        unit: &str,
        name: Option<&LitStr>,
        faults: &mut Faults,
    ) -> Option<Scale> {
        self.misplaced(kind, faults);
        let is_summary = kind == Kind::Summary;
        let is_histogram = kind == Kind::Histogram && self.is_exponential();
        if !(is_summary || is_histogram) {
            return None;
        }
        let schema = self.schema(kind, faults);
        let (low, high) = self.range(unit, schema, name, faults);
        Some(Scale {
            schema,
            low,
            high,
            quantiles: match is_summary {
                true => self.quantiles(name, faults),
                false => Vec::new(),
            },
            window_seconds: self.window(faults),
        })
    }

    /// Arguments that a metric of this kind cannot have.
    fn misplaced(&self, kind: Kind, faults: &mut Faults) {
        let word = kind.word();
        let has_buckets = matches!(kind, Kind::Histogram | Kind::Summary);
        match &self.word {
            Some((keyword, _)) if !has_buckets => faults.at(
                keyword,
                format!("a {word} has no buckets: leave `exponential` out, or use `histogram!`"),
            ),
            Some((keyword, None)) if kind == Kind::Summary => faults.at(
                keyword,
                "a summary is exponential anyway: leave the word out, or write `exponential(schema = 5)`",
            ),
            _ => {}
        }
        match &self.range {
            Some((keyword, _)) if !has_buckets => {
                faults.at(
                    keyword,
                    format!("a {word} has no range: leave it out, or use `histogram!`"),
                );
            }
            Some((keyword, _)) if kind == Kind::Histogram && !self.is_exponential() => faults.at(
                keyword,
                "only exponential buckets have a range: add `exponential`, or write `bounds = [..]`",
            ),
            _ => {}
        }
        if kind == Kind::Summary {
            return;
        }
        if let Some((keyword, _)) = &self.quantiles {
            let how = format!("a {word} shows no quantiles: leave them out, or use `summary!`");
            faults.at(keyword, how);
        }
        if let Some((keyword, _)) = &self.window {
            let how = format!("a {word} has no window: leave it out, or use `summary!`");
            faults.at(keyword, how);
        }
    }

    fn schema(&self, kind: Kind, faults: &mut Faults) -> u8 {
        let default = match kind {
            Kind::Summary => SUMMARY_SCHEMA,
            _ => HISTOGRAM_SCHEMA,
        };
        let Some((_, Some(literal))) = &self.word else {
            return default;
        };
        match literal.base10_parse() {
            Ok(schema) if schema <= MOST_SCHEMA => schema,
            _ => {
                faults.at(literal, SCHEMA);
                default
            }
        }
    }

    /// The exponents of two that the buckets lie between.
    fn range(
        &self,
        unit: &str,
        schema: u8,
        name: Option<&LitStr>,
        faults: &mut Faults,
    ) -> (i32, i32) {
        match (&self.range, name) {
            (Some((_, Some(ends))), _) => {
                let octaves = octaves(ends, faults).unwrap_or(RANGE_OF_SECONDS);
                return within_reach(octaves, schema, ends, faults);
            }
            (None, Some(name)) if unit != "seconds" => {
                let example = if unit == "ratio" {
                    "[0.01, 1.0]"
                } else {
                    "[64, 1048576]"
                };
                let why = "only seconds have a range by default";
                faults.at(
                    name,
                    format!("{why}: add the one that matters, like `range = {example}`"),
                );
            }
            _ => {}
        }
        RANGE_OF_SECONDS
    }

    fn quantiles(&self, name: Option<&LitStr>, faults: &mut Faults) -> Vec<f64> {
        const SHOWN: f64 = 0.5;
        match (&self.quantiles, name) {
            (Some((_, Some(array))), _) => quantiles(array, faults),
            (None, Some(name)) => {
                let how = "a summary says which quantiles it shows: add them, like `quantiles = [0.5, 0.9, 0.99]`";
                faults.at(name, how);
                vec![SHOWN]
            }
            _ => vec![SHOWN],
        }
    }

    fn window(&self, faults: &mut Faults) -> u64 {
        let Some((_, Some(text))) = &self.window else {
            return WINDOW_SECONDS;
        };
        seconds(&text.value()).unwrap_or_else(|| {
            faults.at(text, WINDOW);
            WINDOW_SECONDS
        })
    }
}

fn split<T>(read: syn::Result<T>) -> (Option<T>, syn::Result<()>) {
    match read {
        Ok(value) => (Some(value), Ok(())),
        Err(fault) => (None, Err(fault)),
    }
}

/// Reads `(schema = 4)`, if anything follows.
fn schema(input: ParseStream<'_>) -> syn::Result<Option<LitInt>> {
    if !input.peek(syn::token::Paren) {
        return Ok(None);
    }
    let content;
    let _paren = syn::parenthesized!(content in input);
    let read = named_schema(&content);
    // What is left over would be a second fault.
    while content.parse::<TokenTree>().is_ok() {}
    read.map(Some)
}

fn named_schema(input: ParseStream<'_>) -> syn::Result<LitInt> {
    let how = |fault: syn::Error| syn::Error::new(fault.span(), SCHEMA);
    let word = input.call(Ident::parse_any).map_err(how)?;
    if word != "schema" {
        return Err(syn::Error::new(word.span(), SCHEMA));
    }
    arguments::equals(&word, input, "4")?;
    let literal = input.parse().map_err(how)?;
    match input.is_empty() {
        true => Ok(literal),
        false => Err(input.error(SCHEMA)),
    }
}

fn array(
    keyword: &Ident,
    input: ParseStream<'_>,
    example: &str,
    expected: &str,
) -> syn::Result<ExprArray> {
    arguments::equals(keyword, input, example)?;
    match input.parse::<Expr>() {
        Ok(Expr::Array(array)) => Ok(array),
        Ok(other) => Err(syn::Error::new_spanned(other, expected)),
        Err(fault) => Err(syn::Error::new(fault.span(), expected)),
    }
}

/// The powers of two around a range.
fn octaves(ends: &ExprArray, faults: &mut Faults) -> Option<(i32, i32)> {
    let numbers: Vec<Option<f64>> = ends.elems.iter().map(number).collect();
    let [Some(low), Some(high)] = numbers[..] else {
        faults.at(ends, RANGE);
        return None;
    };
    let least = f64::MIN_POSITIVE;
    if low < least || !high.is_finite() {
        let how = "a range lies between zero and infinity: what is not above its lower end counts as zero, what is above its upper end in a bucket of its own";
        faults.at(ends, how);
        return None;
    }
    if low >= high {
        faults.at(
            ends,
            format!("a range goes up: write `[{high:?}, {low:?}]`, or other ends"),
        );
        return None;
    }
    Some((floor_log2(low), ceil_log2(high)))
}

/// The exponent of the power of two that is not above a normal number.
fn floor_log2(number: f64) -> i32 {
    (number.to_bits() >> 52) as i32 - 1023
}

/// The exponent of the power of two that is not below.
fn ceil_log2(number: f64) -> i32 {
    let is_power = number.to_bits() << 12 == 0;
    floor_log2(number) + i32::from(!is_power)
}

fn within_reach(
    (low, high): (i32, i32),
    schema: u8,
    ends: &ExprArray,
    faults: &mut Faults,
) -> (i32, i32) {
    let octaves = high.abs_diff(low);
    if octaves << schema <= MOST_BUCKETS && high < f64::MAX_EXP {
        return (low, high);
    }
    faults.at(
        ends,
        format!(
            "{octaves} powers of two lie in the range, which makes {} buckets at schema {schema}; 1,000 are the most: \
             narrow the range, or choose a lower schema",
            octaves << schema
        ),
    );
    RANGE_OF_SECONDS
}

fn quantiles(array: &ExprArray, faults: &mut Faults) -> Vec<f64> {
    if array.elems.is_empty() {
        faults.at(array, QUANTILES);
    }
    let mut quantiles: Vec<f64> = Vec::new();
    for element in &array.elems {
        match number(element) {
            Some(quantile) if !(0.0..=1.0).contains(&quantile) => faults.at(
                element,
                format!(
                    "a quantile lies between 0 and 1: the 99th percentile is 0.99, not `{quantile}`"
                ),
            ),
            Some(quantile) => match quantiles.last() {
                Some(before) if *before >= quantile => faults.at(
                    element,
                    format!(
                        "quantiles increase, `{quantile}` follows `{before}`: sort them, each once"
                    ),
                ),
                _ => quantiles.push(quantile),
            },
            None => faults.at(element, "a quantile is a number, like `0.99`"),
        }
    }
    quantiles
}

/// The seconds that `90s`, `5m` or `1h` says.
fn seconds(text: &str) -> Option<u64> {
    let unit = text.chars().next_back()?;
    let in_seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        _ => return None,
    };
    let count: u64 = text.strip_suffix(unit)?.parse().ok()?;
    let seconds = count.checked_mul(in_seconds)?;
    (1..=LONGEST_WINDOW_SECONDS)
        .contains(&seconds)
        .then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_widened_to_powers_of_two() {
        let octaves = |ends: &str| {
            let mut faults = Faults::default();
            let ends = syn::parse_str(ends).expect("an array");
            let octaves = octaves(&ends, &mut faults);
            assert_eq!(octaves.is_none(), !faults.is_empty());
            octaves
        };
        assert_eq!(octaves("[0.000001, 128.0]"), Some((-20, 7)));
        assert_eq!(octaves("[1, 2]"), Some((0, 1)));
        assert_eq!(octaves("[1.5, 2.5]"), Some((0, 2)));
        assert_eq!(octaves("[64, 1048576]"), Some((6, 20)));
        assert_eq!(octaves("[2.2250738585072014e-308, 0.3]"), Some((-1022, -1)));
        for faulty in [
            "[0, 1]",
            "[-1, 1]",
            "[1]",
            "[2, 1]",
            "[1, 1]",
            "[1, 1e400]",
            "[1, A]",
        ] {
            assert_eq!(octaves(faulty), None, "{faulty}");
        }
    }

    #[test]
    fn windows_are_read() {
        assert_eq!(seconds("90s"), Some(90));
        assert_eq!(seconds("5m"), Some(300));
        assert_eq!(seconds("24h"), Some(86_400));
        for faulty in [
            "",
            "s",
            "5",
            "0s",
            "-1s",
            "25h",
            "5 m",
            "1d",
            "99999999999999999999h",
        ] {
            assert_eq!(seconds(faulty), None, "{faulty}");
        }
    }
}
