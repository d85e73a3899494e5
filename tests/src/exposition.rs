//! A strict reader of both text formats, written from their specifications and not from the encoder.

use std::collections::{BTreeMap, BTreeSet};

/// One family as it was read.
#[derive(Debug, Default, PartialEq)]
pub struct Family {
    /// HELP, unescaped.
    pub help: String,
    /// TYPE.
    pub kind: String,
    /// UNIT, in OpenMetrics.
    pub unit: Option<String>,
    /// Value by sample name and sorted labels.
    pub samples: BTreeMap<(String, Labels), f64>,
}

/// Names and values.
pub type Labels = Vec<(String, String)>;

/// Families by name.
pub type Families = BTreeMap<String, Family>;

/// Reads the text format 0.0.4.
///
/// # Errors
///
/// Says the line and what is wrong with it.
pub fn text(exposition: &str) -> Result<Families, String> {
    Reader::new(false).read(exposition)
}

/// Reads OpenMetrics 1.0.0.
///
/// # Errors
///
/// Says the line and what is wrong with it.
pub fn open_metrics(exposition: &str) -> Result<Families, String> {
    let Some(body) = exposition.strip_suffix("# EOF\n") else {
        return Err("it does not end in # EOF".to_owned());
    };
    Reader::new(true).read(body)
}

struct Reader {
    open_metrics: bool,
    families: Families,
    current: Option<String>,
}

impl Reader {
    fn new(open_metrics: bool) -> Reader {
        Reader {
            open_metrics,
            families: BTreeMap::new(),
            current: None,
        }
    }

    fn read(mut self, exposition: &str) -> Result<Families, String> {
        if !exposition.is_empty() && !exposition.ends_with('\n') {
            return Err("the last line has no end".to_owned());
        }
        // A carriage return is a part of its line, which `lines` would swallow.
        for line in exposition.split_terminator('\n') {
            self.line(line).map_err(|what| format!("{what}: {line}"))?;
        }
        for (name, family) in &self.families {
            check(name, family, self.open_metrics)?;
        }
        Ok(self.families)
    }

    fn line(&mut self, line: &str) -> Result<(), String> {
        match line.strip_prefix("# ") {
            Some(comment) => self.comment(comment),
            None => self.sample(line),
        }
    }

    fn comment(&mut self, comment: &str) -> Result<(), String> {
        let mut words = comment.splitn(3, ' ');
        let (Some(keyword), Some(name), Some(text)) = (words.next(), words.next(), words.next())
        else {
            return Err("a comment of less than three words".to_owned());
        };
        if self.current.as_deref() != Some(name) {
            if self.families.contains_key(name) {
                return Err(format!("the family {name} is not contiguous"));
            }
            self.current = Some(name.to_owned());
        }
        let open_metrics = self.open_metrics;
        let family = self.families.entry(name.to_owned()).or_default();
        if !family.samples.is_empty() {
            return Err("a comment after samples of its family".to_owned());
        }
        match keyword {
            "HELP" => family.help = unescape(text, open_metrics)?,
            "TYPE" => family.kind = text.to_owned(),
            "UNIT" if open_metrics && name.ends_with(&format!("_{text}")) => {
                family.unit = Some(text.to_owned())
            }
            _ => return Err("an unknown comment".to_owned()),
        }
        Ok(())
    }

    fn sample(&mut self, line: &str) -> Result<(), String> {
        let end = line.find(['{', ' ']).ok_or("a sample without value")?;
        let (name, rest) = line.split_at(end);
        let (labels, value) = match rest.strip_prefix('{') {
            Some(rest) => labels(rest)?,
            None => (Vec::new(), rest),
        };
        let value = value.strip_prefix(' ').ok_or("no blank before the value")?;
        let value = number(value)?;
        let current = self.current.clone().ok_or("a sample before any family")?;
        let family = self.families.entry(current.clone()).or_default();
        let suffix = name
            .strip_prefix(current.as_str())
            .ok_or("a sample of another family")?;
        let allowed: &[&str] = match (family.kind.as_str(), self.open_metrics) {
            ("counter", true) => &["_total"],
            ("counter", false) | ("gauge", _) => &[""],
            ("histogram", _) => &["_bucket", "_sum", "_count"],
            ("summary", _) => &["", "_sum", "_count"],
            ("unknown", true) => &[""],
            ("info", true) if value == 1.0 => &["_info"],
            ("stateset", true) if labels.iter().any(|(label, _)| *label == current) => &[""],
            _ => return Err("a family without type".to_owned()),
        };
        if !allowed.contains(&suffix) {
            return Err(format!("the suffix {suffix} is not allowed"));
        }
        let has_quantile = labels.iter().any(|(label, _)| label == "quantile");
        if has_quantile != (family.kind == "summary" && suffix.is_empty()) {
            return Err("a quantile label that is missing or misplaced".to_owned());
        }
        if !is_name(name) {
            return Err("an illegal name".to_owned());
        }
        let mut names = BTreeSet::new();
        if !labels
            .iter()
            .all(|(label, _)| names.insert(label.clone()) && is_name(label))
        {
            return Err("an illegal or double label".to_owned());
        }
        let mut labels = labels;
        labels.sort();
        match family.samples.insert((name.to_owned(), labels), value) {
            Some(_) => Err("a series twice".to_owned()),
            None => Ok(()),
        }
    }
}

fn is_name(name: &str) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    !name.is_empty() && name.chars().all(legal) && !name.starts_with(|c: char| c.is_ascii_digit())
}

/// Reads labels behind the brace, and gives back what follows them.
fn labels(mut rest: &str) -> Result<(Labels, &str), String> {
    let mut labels = Vec::new();
    loop {
        let (name, after) = rest.split_once("=\"").ok_or("a label without value")?;
        let mut end = None;
        let mut escaped = false;
        for (at, c) in after.char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => {
                    end = Some(at);
                    break;
                }
                _ => {}
            }
        }
        let end = end.ok_or("a label value without end")?;
        labels.push((name.to_owned(), unescape(&after[..end], true)?));
        rest = &after[end + 1..];
        if let Some(after) = rest.strip_prefix('}') {
            return Ok((labels, after));
        }
        rest = rest.strip_prefix(',').ok_or("no comma between labels")?;
    }
}

fn unescape(text: &str, quotes: bool) -> Result<String, String> {
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('\\') => plain.push('\\'),
                Some('n') => plain.push('\n'),
                Some('"') if quotes => plain.push('"'),
                other => return Err(format!("an illegal escape: {other:?}")),
            },
            '"' if quotes => return Err("a quote that is not escaped".to_owned()),
            other => plain.push(other),
        }
    }
    Ok(plain)
}

fn number(text: &str) -> Result<f64, String> {
    match text {
        "+Inf" => Ok(f64::INFINITY),
        "-Inf" => Ok(f64::NEG_INFINITY),
        "NaN" => Ok(f64::NAN),
        _ if text.contains(|c: char| c.is_ascii_alphabetic() && c != 'e') => {
            Err("no number".to_owned())
        }
        _ => text.parse().map_err(|_| "no number".to_owned()),
    }
}

/// Buckets are cumulative, and the last one is the count. In OpenMetrics, where a histogram has a bucket below zero it
/// has neither sum nor count.
fn check(name: &str, family: &Family, open_metrics: bool) -> Result<(), String> {
    if family.kind != "histogram" {
        return Ok(());
    }
    let mut buckets: BTreeMap<Labels, Vec<(f64, f64)>> = BTreeMap::new();
    for ((sample, labels), value) in &family.samples {
        if sample.ends_with("_bucket") {
            let le = labels
                .iter()
                .find(|(label, _)| label == "le")
                .ok_or("a bucket without le")?;
            let rest = labels
                .iter()
                .filter(|(label, _)| label != "le")
                .cloned()
                .collect();
            buckets
                .entry(rest)
                .or_default()
                .push((number(&le.1)?, *value));
        }
    }
    for (labels, mut buckets) in buckets {
        buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
        let count = family
            .samples
            .get(&(format!("{name}_count"), labels.clone()));
        let last = buckets.last().copied();
        let sum = family.samples.get(&(format!("{name}_sum"), labels.clone()));
        let goes_down = buckets.first().is_some_and(|(le, _)| *le < 0.0);
        if open_metrics && goes_down {
            if sum.is_some() || count.is_some() {
                return Err(format!("{name}{labels:?}: a sum that may go down"));
            }
        } else if last.map(|(le, _)| le) != Some(f64::INFINITY)
            || last.map(|(_, count)| count) != count.copied()
        {
            return Err(format!(
                "{name}{labels:?}: the bucket +Inf is not the count"
            ));
        } else if sum.is_none() {
            return Err(format!("{name}{labels:?}: no sum"));
        }
        if !buckets.windows(2).all(|pair| pair[0].1 <= pair[1].1) {
            return Err(format!("{name}{labels:?}: buckets are not cumulative"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_found() {
        for (faulty, says) in [
            ("# HELP a A.\n# TYPE a gauge\na 1", "no end"),
            ("a 1\n", "before any family"),
            ("# HELP a A.\n# TYPE a gauge\na 1\na 2\n", "twice"),
            (
                "# HELP a A.\n# TYPE a gauge\na{x=\"1\",x=\"2\"} 1\n",
                "double",
            ),
            (
                "# HELP a A.\n# TYPE a gauge\na{x=\"\\q\"} 1\n",
                "illegal escape",
            ),
            ("# HELP a A.\n# TYPE a gauge\na one\n", "no number"),
            ("# HELP a A.\n# TYPE a gauge\nb 1\n", "another family"),
            (
                "# HELP a A.\n# TYPE a gauge\na 1\n# HELP b B.\n# TYPE b gauge\nb 1\n# HELP a A.\n",
                "not contiguous",
            ),
            (
                "# HELP a A.\n# TYPE a histogram\na_bucket{le=\"1.0\"} 3\na_bucket{le=\"+Inf\"} 2\na_sum 1\na_count 2\n",
                "not cumulative",
            ),
            (
                "# HELP a A.\n# TYPE a histogram\na_bucket{le=\"+Inf\"} 2\na_sum 1\na_count 3\n",
                "not the count",
            ),
            ("# HELP a A.\n# TYPE a summary\na 2\n", "quantile"),
            (
                "# HELP a A.\n# TYPE a histogram\na_total 2\n",
                "not allowed",
            ),
        ] {
            let error = text(faulty).expect_err(faulty);
            assert!(error.contains(says), "{faulty}: {error}");
        }
        let below_zero =
            "# HELP a A.\n# TYPE a histogram\na_bucket{le=\"-1.0\"} 1\na_bucket{le=\"+Inf\"} 2\n";
        let with_sum = format!("{below_zero}a_sum 1\na_count 2\n");
        assert!(text(&with_sum).is_ok() && text(below_zero).is_err());
        assert!(open_metrics(&format!("{below_zero}# EOF\n")).is_ok());
        assert!(open_metrics(&format!("{with_sum}# EOF\n")).is_err());
        assert!(open_metrics("# HELP a A.\n# TYPE a gauge\na 1\n").is_err());
        assert!(open_metrics("# HELP a A \"quote\".\n# TYPE a gauge\na 1\n# EOF\n").is_err());
    }

    #[test]
    fn what_is_right_is_read() {
        let read =
            text("# HELP a A \"q\\\\\\n.\n# TYPE a gauge\na{x=\"1\\\"\\\\\"} -1.5\na +Inf\n")
                .expect("it is right");
        let family = &read["a"];
        assert_eq!(family.help, "A \"q\\\n.");
        assert_eq!(
            family.samples[&("a".to_owned(), vec![("x".to_owned(), "1\"\\".to_owned())])],
            -1.5
        );
    }
}
