//! How long a scraper waits, by the header that Prometheus sends.

use std::time::Duration;

/// Says after how many seconds a scraper gives up.
pub(crate) const TIMEOUT_HEADER: &str = "x-prometheus-scrape-timeout-seconds";

/// How much of a scraper's time is left for rendering and the way to it: a tenth, but no more than this.
const MOST_MARGIN: Duration = Duration::from_millis(500);

/// Returns how long an answer may wait for a merge when the scraper gives up after so many seconds.
///
/// `None` where the text is no time that can pass: a header nobody can make sense of changes nothing.
pub(crate) fn patience(seconds: &str) -> Option<Duration> {
    let seconds: f64 = seconds.trim().parse().ok()?;
    let timeout = Duration::try_from_secs_f64(seconds).ok()?;
    let margin = (timeout / 10).min(MOST_MARGIN);
    (!timeout.is_zero()).then(|| timeout - margin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_the_time_is_left_for_the_rest() {
        assert_eq!(patience("10"), Some(Duration::from_millis(9_500)));
        assert_eq!(patience(" 1.0 "), Some(Duration::from_millis(900)));
        assert_eq!(patience("0.1"), Some(Duration::from_millis(90)));
    }

    #[test]
    fn what_is_no_time_is_ignored() {
        for text in ["", "soon", "0", "-3", "NaN", "inf", "1e300", "10s", "1,5"] {
            assert_eq!(patience(text), None, "{text}");
        }
    }
}
