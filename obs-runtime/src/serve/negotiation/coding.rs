//! Whether an answer is compressed, by the `Accept-Encoding` headers.

use super::weight;

/// How the bytes of an answer are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    /// As they are: what everybody reads, and the answer in doubt.
    Identity,
    /// Compressed by gzip.
    Gzip,
}

impl Coding {
    /// Takes gzip where it is wanted no less than plain bytes.
    pub(crate) fn negotiate<'a>(accepted: impl IntoIterator<Item = &'a str>) -> Coding {
        let (mut gzip, mut identity, mut others) = (None, None, None);
        for (coding, weight) in weight::elements(accepted).filter_map(read_element) {
            match coding.as_str() {
                "gzip" | "x-gzip" => gzip = Some(weight),
                "identity" => identity = Some(weight),
                "*" => others = Some(weight),
                _ => {}
            }
        }
        let gzip = gzip.or(others).unwrap_or(0);
        // Who says nothing of plain bytes takes them, but would not have asked for gzip if they were as good.
        let identity = identity.unwrap_or(0);
        if gzip > 0 && gzip >= identity {
            Coding::Gzip
        } else {
            Coding::Identity
        }
    }

    /// Returns the value of `Content-Encoding`; plain bytes have none.
    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Coding::Identity => None,
            Coding::Gzip => Some("gzip"),
        }
    }
}

fn read_element(element: &str) -> Option<(String, u32)> {
    let (coding, mut parameters) = weight::split(element);
    let weight = parameters.find(|(key, _)| key == "q");
    let weight = weight.map_or(Some(1000), |(_, value)| weight::read(value))?;
    Some((coding, weight))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_taken_where_it_is_wanted_no_less_than_plain_bytes() {
        for (accepted, coding) in [
            (&[][..], Coding::Identity),
            (&[""], Coding::Identity),
            (&["gzip"], Coding::Gzip),
            (&["GZIP"], Coding::Gzip),
            (&["x-gzip"], Coding::Gzip),
            (&["deflate, gzip;q=0.1, br"], Coding::Gzip),
            (&["deflate", "gzip"], Coding::Gzip),
            (&["deflate, br, zstd"], Coding::Identity),
            (&["gzip;q=0"], Coding::Identity),
            (&["gzip; Q=0.000"], Coding::Identity),
            (&["gzip;q=0.5, identity"], Coding::Identity),
            (&["gzip;q=0.5, identity;q=0.5"], Coding::Gzip),
            (&["identity;q=0.3, gzip;q=0.4"], Coding::Gzip),
            (&["*"], Coding::Gzip),
            (&["*;q=0"], Coding::Identity),
            (&["gzip;q=0, *"], Coding::Identity),
            (&["gzip;q=often"], Coding::Identity),
            (&["gzip;q=2"], Coding::Identity),
        ] {
            assert_eq!(
                Coding::negotiate(accepted.iter().copied()),
                coding,
                "{accepted:?}"
            );
        }
    }
}
