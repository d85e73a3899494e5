//! The list of a function's metrics in its documentation.

use super::model::Instrumented;
use syn::Attribute;

impl Instrumented {
    /// An attribute that adds the list where documentation is built, and nothing elsewhere: what has no documentation of
    /// its own still is an undocumented function to the lints.
    pub(super) fn docs(&self) -> Attribute {
        let mut list = "\n\n# Metrics\n".to_owned();
        for (family, labels) in self.families() {
            let name = self.written_name(family);
            let labels = match labels.is_empty() {
                true => String::new(),
                false => format!("{{{}}}", labels.join(", ")),
            };
            list += &format!("\n* `{name}{labels}`: {}.", family.help.to_lowercase());
        }
        syn::parse_quote!(#[cfg_attr(doc, doc = #list)])
    }
}
