//! `catalogue`: every metric that a process has, recorded or not; and what can be made of them.

use std::io::Write;

use anyhow::Result;
use obs_runtime::api::{Catalogue, Definition, Label, Scope};

use super::Outcome;
use super::generate::{grafana, rules};
use crate::args::CatalogueArgs;
use crate::client::Client;
use crate::filter::Filter;
use crate::text::{kind, printable};

/// More values of a label than this are counted, not told.
const VALUES_TOLD: usize = 12;

/// Prints the catalogue in the form that was asked for.
///
/// # Errors
///
/// The process cannot be asked, or the answer not be written.
pub(crate) fn catalogue(
    args: &CatalogueArgs,
    client: &Client,
    out: &mut dyn Write,
) -> Result<Outcome> {
    print(args, client.catalogue()?, out)
}

fn print(args: &CatalogueArgs, mut catalogue: Catalogue, out: &mut dyn Write) -> Result<Outcome> {
    let filter = Filter::of(&args.words.join(" "));
    catalogue
        .definitions
        .retain(|definition| filter.selects(&definition.name));
    if args.grafana {
        serde_json::to_writer_pretty(&mut *out, &grafana::dashboard(&catalogue))?;
        writeln!(out)?;
    } else if args.rules {
        out.write_all(rules::file(&catalogue).as_bytes())?;
    } else if args.json {
        serde_json::to_writer(&mut *out, &catalogue)?;
        writeln!(out)?;
    } else {
        catalogue
            .definitions
            .iter()
            .try_for_each(|definition| describe(definition, out))?;
    }
    Ok(Outcome::of_matches(catalogue.definitions.len()))
}

fn describe(definition: &Definition, out: &mut dyn Write) -> Result<()> {
    let scope = match definition.scope {
        Scope::Component => ", per component",
        Scope::Process => ", of the process",
        _ => "",
    };
    let labels: Vec<String> = definition.labels.iter().map(label).collect();
    let labels = if labels.is_empty() {
        String::new()
    } else {
        format!("  {{{}}}", labels.join(", "))
    };
    writeln!(
        out,
        "{}  {}{scope}{labels}",
        printable(&definition.name),
        kind(definition.kind)
    )?;
    writeln!(out, "    {}", printable(&definition.help))?;
    if let (Some(first), Some(last)) = (definition.bounds.first(), definition.bounds.last()) {
        let buckets = definition.bounds.len() + 1;
        writeln!(out, "    {buckets} buckets, from {first} to {last}")?;
    }
    writeln!(
        out,
        "    {}, {}:{}",
        printable(&definition.module),
        printable(&definition.file),
        definition.line
    )?;
    Ok(())
}

fn label(label: &Label) -> String {
    let name = printable(&label.name);
    match label.values.len() {
        0 => format!("{name}=any text"),
        count if count > VALUES_TOLD => format!("{name}=one of {count}"),
        _ => format!("{name}={}", printable(&label.values.join("|"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::fixture;

    fn args(words: &[&str]) -> CatalogueArgs {
        CatalogueArgs {
            words: words.iter().map(|&word| word.to_owned()).collect(),
            json: false,
            grafana: false,
            rules: false,
        }
    }

    fn printed(args: &CatalogueArgs) -> (String, Outcome) {
        let mut out = Vec::new();
        let outcome = print(args, fixture::catalogue(), &mut out).unwrap();
        (String::from_utf8(out).unwrap(), outcome)
    }

    #[test]
    fn every_definition_tells_where_it_stands() {
        insta::assert_snapshot!(printed(&args(&["component", "!info"])).0);
    }

    #[test]
    fn json_is_the_catalogue() {
        let json = CatalogueArgs {
            json: true,
            ..args(&["mailbox"])
        };
        let (text, outcome) = printed(&json);
        let read: Catalogue = serde_json::from_str(&text).unwrap();
        assert_eq!((read.definitions.len(), outcome), (1, Outcome::Fine));
        assert_eq!(read.definitions[0].name, "mailbox_dropped_total");
    }

    #[test]
    fn no_match_is_an_outcome_of_its_own() {
        assert_eq!(
            printed(&args(&["nothing"])),
            (String::new(), Outcome::Found)
        );
    }

    #[test]
    fn many_values_are_counted() {
        let many = Label {
            name: "shard".to_owned(),
            values: (0..40).map(|n| n.to_string()).collect(),
        };
        assert_eq!(label(&many), "shard=one of 40");
    }
}
