//! What clients saw beside what the server counted, which must be the same.

use std::collections::BTreeMap;
use std::fmt;
use std::thread::sleep;
use std::time::{Duration, Instant};

use obs_tests::{exposition, http};

use crate::client::Seen;
use crate::load::Tally;
use crate::server::Server;

/// How long connections may take to end after their clients.
const PATIENCE: Duration = Duration::from_secs(30);

const PROTOBUF: &str =
    "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

/// Connections of this process's own, which ask for counts.
const READER: (&str, Option<Seen>) = ("reader", Some(Seen::Answered));

/// Both sides of it.
pub(crate) struct Account {
    tally: Tally,
    counted: BTreeMap<String, u64>,
    /// Attempts to connect that the system dropped meanwhile, those of other programs included.
    overflows: u64,
}

/// What there is before the load.
pub(crate) struct Before {
    overflows: u64,
    /// Connections that have been answered.
    reads: u64,
}

impl Before {
    /// Asks once in each format, so that whatever is made once is there.
    pub(crate) fn look(server: &Server) -> Before {
        let formats = ["text/plain", "application/openmetrics-text", PROTOBUF];
        for format in formats {
            let headers = format!("Accept: {format}\r\n");
            assert_eq!(http::get(server.address, "/metrics", &headers).status, 200);
        }
        Before {
            overflows: overflows(),
            reads: formats.len() as u64,
        }
    }
}

/// `ListenOverflows`: the system counts them for all listeners.
fn overflows() -> u64 {
    let netstat = std::fs::read_to_string("/proc/net/netstat").expect("Linux has it");
    let mut lines = netstat.lines().filter(|line| line.starts_with("TcpExt:"));
    let (names, counts) = (lines.next(), lines.next());
    let mut pairs = names
        .into_iter()
        .flat_map(|names| names.split(' '))
        .zip(counts.into_iter().flat_map(|counts| counts.split(' ')));
    let overflows = pairs.find(|(name, _)| *name == "ListenOverflows");
    let overflows = overflows.and_then(|(_, count)| count.parse().ok());
    overflows.expect("Linux counts it")
}

/// What the server counts of connections, each with its reason.
fn counted(server: &Server) -> BTreeMap<String, u64> {
    let names = ["accepted", "answered", "refused", "gone"];
    let names = names.map(|name| format!("name[]=obs_connections_{name}_total&"));
    let path = format!("/metrics?{}name[]=obs_connections_open", names.concat());
    let answer = http::get(server.address, &path, "");
    let families = exposition::text(&answer.body).expect("it is right");
    let samples = families.into_values().flat_map(|family| family.samples);
    let named = samples.map(|((name, labels), count)| {
        let name = name.trim_start_matches("obs_connections_");
        let reasons = labels.into_iter().map(|(_, reason)| format!(" {reason}"));
        let reasons = reasons.collect::<String>();
        (
            format!("{}{reasons}", name.trim_end_matches("_total")),
            count as u64,
        )
    });
    named.collect()
}

impl Account {
    /// Waits until none but the one who asks is connected, and asks for the last time.
    pub(crate) fn close(server: &Server, before: Before, mut tally: Tally) -> Account {
        tally.insert(READER, before.reads);
        let deadline = Instant::now() + PATIENCE;
        loop {
            let counted = counted(server);
            if counted["open"] == 1 {
                let overflows = overflows() - before.overflows;
                return Account {
                    tally,
                    counted,
                    overflows,
                };
            }
            assert!(
                Instant::now() < deadline,
                "connections stay open: {counted:?}"
            );
            *tally.entry(READER).or_default() += 1;
            sleep(Duration::from_millis(50));
        }
    }

    fn seen(&self, which: impl Fn(Seen) -> bool) -> u64 {
        let seen = self.tally.iter();
        let seen = seen.filter(|((_, seen), _)| seen.is_some_and(&which));
        seen.map(|(_, count)| count).sum()
    }

    /// What the server counted by a reason, all of them together.
    fn counted_by(&self, name: &str) -> u64 {
        let counted = self.counted.iter();
        let counted = counted.filter(|(key, _)| key.starts_with(&format!("{name} ")));
        counted.map(|(_, count)| count).sum()
    }

    fn opened(&self) -> u64 {
        self.seen(|_| true)
    }

    /// Accepted, without the one that is open because it asks.
    fn accepted(&self) -> u64 {
        self.counted["accepted"] - self.counted["open"]
    }

    /// Opened by a client, and never given to the server.
    fn never(&self) -> i128 {
        i128::from(self.opened()) - i128::from(self.accepted())
    }

    /// Every connection is accounted for.
    pub(crate) fn check(&self) {
        let (refused, gone) = (self.counted_by("refused"), self.counted_by("gone"));
        let (answered, never) = (self.counted["answered"], self.never());
        assert_eq!(
            self.accepted(),
            answered + refused + gone,
            "each connection ends in one way"
        );
        assert!(
            (0..=i128::from(self.overflows)).contains(&never),
            "{never} were never accepted, and the system dropped {}",
            self.overflows
        );
        assert_eq!(
            self.seen(|seen| seen == Seen::Answered),
            answered,
            "who is counted as answered has the whole answer, and nobody else has"
        );
        let refusal = |seen| matches!(seen, Seen::Told(_) | Seen::Cut);
        let sure = i128::from(self.seen(refusal));
        let or_left = i128::from(self.seen(|seen| matches!(seen, Seen::Left)));
        let unheard = i128::from(self.seen(|seen| seen == Seen::Unheard));
        assert_eq!(
            sure + or_left + unheard - never,
            i128::from(refused + gone),
            "every other connection was refused or has gone"
        );
        assert!(
            sure + unheard - never <= i128::from(refused) && i128::from(gone) <= or_left,
            "every refusal is counted as one, and only those who left have gone"
        );
        for reason in ["full", "header_large", "malformed", "body"] {
            let told = self.seen(|seen| seen == Seen::Told(reason));
            let counted = self.counted[&format!("refused {reason}")];
            assert!(
                told <= counted,
                "{told} were told `{reason}`, {counted} are counted"
            );
        }
        assert!(
            refused > 0 && gone > 0,
            "somebody was refused, and somebody has gone"
        );
    }

    /// Every attack was answered by what is there against it.
    pub(crate) fn check_reasons(&self) {
        for reason in [
            "full",
            "gave_way",
            "header_large",
            "malformed",
            "body",
            "stalled",
        ] {
            let counted = self.counted[&format!("refused {reason}")];
            assert!(counted > 0, "nobody was refused as `{reason}`");
        }
    }

    /// Whoever asks for everything once a second gets it most of the time, or is refused by what was counted above.
    pub(crate) fn check_steady(&self) {
        let steady = self.tally.iter().filter(|((what, _), _)| *what == "steady");
        let asked: u64 = steady.map(|(_, count)| count).sum();
        let answered = self.tally.get(&("steady", Some(Seen::Answered)));
        let answered = answered.copied().unwrap_or(0);
        assert!(answered * 2 > asked, "{answered} of {asked} were answered");
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "connections, as their clients saw them")?;
        for ((what, seen), count) in &self.tally {
            let seen = seen.map_or("not connected".to_owned(), |seen| format!("{seen:?}"));
            writeln!(f, "  {what:<12} {seen:<22} {count:>9}")?;
        }
        writeln!(f, "as the server counted them")?;
        for (name, count) in &self.counted {
            writeln!(f, "  {name:<35} {count:>9}")?;
        }
        write!(
            f,
            "opened {}, accepted {}, never accepted {}; dropped by the system {}",
            self.opened(),
            self.accepted(),
            self.never(),
            self.overflows
        )
    }
}
