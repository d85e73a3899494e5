//! Faults of a macro call: all of them are collected, so one build shows all there is to mend.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// What is wrong with one macro call, in reading order.
#[derive(Default)]
pub(crate) struct Faults(Vec<syn::Error>);

impl Faults {
    /// Adds a fault at `tokens`.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.0.push(syn::Error::new_spanned(tokens, message));
    }

    /// Adds a fault that parsing found.
    pub(crate) fn add(&mut self, error: syn::Error) {
        self.0.push(error);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The faults as text.
    #[cfg(test)]
    pub(crate) fn messages(&self) -> Vec<String> {
        self.0.iter().map(ToString::to_string).collect()
    }

    /// One `compile_error!` for each fault: a statement or an item, wherever it is put.
    pub(crate) fn to_errors(&self) -> TokenStream {
        let errors = self.0.iter().map(syn::Error::to_compile_error);
        quote!(#(#errors)*)
    }

    /// `expression`, with the faults in front of it where there are some.
    pub(crate) fn before_expression(&self, expression: TokenStream) -> TokenStream {
        if self.is_empty() {
            return expression;
        }
        let errors = self.to_errors();
        quote!({ #errors #expression })
    }
}

/// A hint at the known word that `written` was meant to be: empty if none is near.
pub(crate) fn did_you_mean(written: &str, known: &[&str]) -> String {
    let far = |word: &str| match written.len() {
        3.. if word.starts_with(written) => 0,
        _ if word.len() > 2 && written.starts_with(word) => 0,
        _ => distance(written, word),
    };
    known
        .iter()
        .map(|word| (far(word), word))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, word)| *distance <= 1 + word.len() / 4)
        .map(|(_, word)| format!(": did you mean `{word}`?"))
        .unwrap_or_default()
}

/// Edit distance where swapping two neighbours costs as much as any other slip.
fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let mut rows = vec![(0..=right.len()).collect::<Vec<_>>()];
    for (i, l) in left.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, r) in right.iter().enumerate() {
            let changed = rows[i][j] + usize::from(l != r);
            let mut best = changed.min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && left[i - 1] == *r && *l == right[j - 1] {
                best = best.min(rows[i - 1][j - 1] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[left.len()][right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_a_stranger_is_not() {
        let known = ["labels", "unit", "bounds", "scope"];
        assert_eq!(did_you_mean("label", &known), ": did you mean `labels`?");
        assert_eq!(did_you_mean("bonuds", &known), ": did you mean `bounds`?");
        assert_eq!(did_you_mean("units", &known), ": did you mean `unit`?");
        assert_eq!(did_you_mean("buckets", &known), "");
    }

    #[test]
    fn distance_counts_slips() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("nuit", "unit"), 1);
    }
}
