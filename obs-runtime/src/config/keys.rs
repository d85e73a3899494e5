//! Every key of `obs.toml` and every `OBS_*` variable: what it takes, its default and what it does.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::Builder;
use super::found::Found;
use crate::error::Place;
use crate::model::family::Rename;

/// One setting. The page docs/guide/configuration.md has this table.
#[derive(Debug)]
pub(super) struct Key {
    /// As in the file; a dot stands between a section and a key in it.
    pub(super) name: &'static str,
    pub(super) takes: Takes,
    /// As one would write it in the file.
    pub(super) default: &'static str,
    pub(super) effect: &'static str,
}

/// What a key takes, and how it changes a builder.
#[derive(Debug)]
pub(super) enum Takes {
    /// An address with a port, or `off`.
    Address(fn(&mut Builder, Option<SocketAddr>)),
    /// `true` or `false`.
    Switch(fn(&mut Builder, bool)),
    /// A duration of at least so much.
    Duration(Duration, fn(&mut Builder, Duration)),
    /// A whole number of at least so much.
    Count(usize, fn(&mut Builder, usize)),
    /// Bytes, at least so many.
    Size(usize, fn(&mut Builder, usize)),
    /// A duration, or `off`.
    Limit(fn(&mut Builder, Option<Duration>)),
    /// The path of a directory, or `off`.
    Directory(fn(&mut Builder, Option<PathBuf>)),
    /// A number from 0 to 1.
    Share(fn(&mut Builder, f64)),
    /// Numbers from 0 to 1 by text.
    Shares(fn(&mut Builder, Vec<(String, f64)>)),
    /// Any number of texts; the last argument says where they were written.
    Texts(fn(&mut Builder, Vec<String>, Place)),
    /// Texts by text; the last argument says where the pair was written.
    Pairs(fn(&mut Builder, Pair) -> Result<(), String>),
}

/// An entry of a table of texts.
#[derive(Debug)]
pub(super) struct Pair {
    pub(super) key: String,
    pub(super) value: String,
    pub(super) place: Place,
}

/// All keys, in the order of the documentation.
pub(super) const KEYS: &[Key] = &[
    Key {
        name: "listen",
        takes: Takes::Address(|builder, address| builder.address = address),
        default: "\"127.0.0.1:9464\"",
        effect: "where `/metrics` is served; port 0 takes any that is free, `off` starts no server",
    },
    Key {
        name: "allow_remote",
        takes: Takes::Switch(|builder, allow| builder.remote = allow),
        default: "false",
        effect: "whether `listen` may be an address that other machines can reach; the endpoint knows no passwords",
    },
    Key {
        name: "tick",
        takes: Takes::Duration(super::LEAST_TICK, |builder, tick| builder.tick = tick),
        default: "\"1s\"",
        effect: "how often threads are merged when nobody scrapes; a scrape always gets a merge of its own",
    },
    Key {
        name: "linger",
        takes: Takes::Duration(Duration::ZERO, |builder, linger| builder.linger = linger),
        default: "\"5m\"",
        effect: "how long the series of a retired component stay in the exposition",
    },
    Key {
        name: "labels",
        takes: Takes::Pairs(label),
        default: "{}",
        effect: "labels of every series, such as the version or the shard of the process",
    },
    Key {
        name: "renames",
        takes: Takes::Pairs(rename),
        default: "{}",
        effect: "other names for metrics: `\"module::name\" = \"new_name\"`, for the module and those below it",
    },
    Key {
        name: "without",
        takes: Takes::Texts(|builder, names, place| builder.configured.set_without(names, place)),
        default: "[]",
        effect: "metrics that are switched off: by name, or by the beginning of one and `*`, as in `function_*`",
    },
    Key {
        name: "data_dir",
        takes: Takes::Directory(|builder, directory| builder.data_dir = directory),
        default: "\"off\"",
        effect: "where to keep what outlives the process: traces; `off` keeps them in memory alone",
    },
    Key {
        name: "traces.on",
        takes: Takes::Switch(|builder, on| builder.tracing.on = on),
        default: "true",
        effect: "whether spans are recorded",
    },
    Key {
        name: "traces.ring_slots",
        takes: Takes::Count(LEAST_SLOTS, |builder, slots| {
            builder.tracing.ring_slots = slots
        }),
        default: "4096",
        effect: "how many slots of 64 bytes each thread that records spans has; more means that longer bursts are whole",
    },
    Key {
        name: "traces.sample",
        takes: Takes::Shares(|builder, shares| builder.tracing.shares.extend(shares)),
        default: "{}",
        effect: "which share is recorded of the traces that begin in spans of a name, or of its beginning and `*`; what is said last holds",
    },
    Key {
        name: "traces.without",
        takes: Takes::Texts(|builder, names, _| builder.tracing.without = names),
        default: "[]",
        effect: "spans and events that are switched off: by name, or by the beginning of one and `*`",
    },
    Key {
        name: "traces.errors_per_second",
        takes: Takes::Count(0, |builder, most| {
            builder.tracing.rates.errors_per_second = small(most)
        }),
        default: "20",
        effect: "how many traces with a failure are kept a second for each operation of a root; further ones are counted",
    },
    Key {
        name: "traces.slow",
        takes: Takes::Limit(|builder, slow| builder.tracing.rates.slow = slow),
        default: "\"off\"",
        effect: "a trace that takes longer is kept as slow, beside those that are slower than 99 of 100 of their operation",
    },
    Key {
        name: "traces.rare_per_minute",
        takes: Takes::Count(0, |builder, most| {
            builder.tracing.rates.rare_per_minute = small(most)
        }),
        default: "5",
        effect: "how many traces are kept a minute of those that have the same operations, the first ones",
    },
    Key {
        name: "traces.baseline",
        takes: Takes::Share(|builder, share| builder.tracing.rates.baseline = share),
        default: "0.05",
        effect: "which share of all other traces is kept; those that are not are counted and worked out all the same",
    },
    Key {
        name: "traces.memory",
        takes: Takes::Size(LEAST_KEPT, |builder, size| {
            builder.tracing.retention.memory_bytes = size as u64
        }),
        default: "\"64MiB\"",
        effect: "how much of traces is kept in memory",
    },
    Key {
        name: "traces.disk",
        takes: Takes::Size(LEAST_KEPT, |builder, size| {
            builder.tracing.retention.disk_bytes = size as u64
        }),
        default: "\"256MiB\"",
        effect: "how much of traces is kept on disk, where there is a `data_dir`",
    },
    Key {
        name: "traces.age",
        takes: Takes::Duration(LEAST_AGE, |builder, age| {
            builder.tracing.retention.age = age
        }),
        default: "\"7days\"",
        effect: "how long traces are kept on disk",
    },
    Key {
        name: "traces.stuck_after",
        takes: Takes::Duration(LEAST_TIME, |builder, age| builder.tracing.stuck_after = age),
        default: "\"30s\"",
        effect: "from which age on a span that has not ended is stuck, where it is three times as old as 99 of 100 of its operation become",
    },
    Key {
        name: "limits.connections",
        takes: Takes::Count(1, |builder, most| builder.limits.connections = most),
        default: "512",
        effect: "how many connections are served at once; further ones are told so and closed",
    },
    Key {
        name: "limits.header_time",
        takes: Takes::Duration(LEAST_TIME, |builder, time| builder.limits.header = time),
        default: "\"5s\"",
        effect: "how long a request's header may take",
    },
    Key {
        name: "limits.header_size",
        takes: Takes::Size(LEAST_HEADER, |builder, size| {
            builder.limits.header_bytes = size
        }),
        default: "\"16KiB\"",
        effect: "how large a request's header may be",
    },
    Key {
        name: "limits.idle_time",
        takes: Takes::Duration(LEAST_TIME, |builder, time| builder.limits.idle = time),
        default: "\"150s\"",
        effect: "how long a connection may stay open between two requests",
    },
    Key {
        name: "limits.answer_time",
        takes: Takes::Duration(LEAST_TIME, |builder, time| builder.limits.answer = time),
        default: "\"120s\"",
        effect: "how long an answer may take, however steadily it is read",
    },
    Key {
        name: "limits.stall_time",
        takes: Takes::Duration(LEAST_TIME, |builder, time| builder.limits.stall = time),
        default: "\"30s\"",
        effect: "how long a reader may accept nothing before its connection is cut",
    },
    Key {
        name: "limits.shutdown_time",
        takes: Takes::Duration(Duration::ZERO, |builder, time| builder.limits.grace = time),
        default: "\"2s\"",
        effect: "how long answers under way may take when the runtime stops",
    },
];

/// Longer times are taken for this one, a hundred years: the clock must be able to count to their end.
pub(super) const MOST_TIME: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);
/// Less would cut off those who are there.
const LEAST_TIME: Duration = Duration::from_millis(1);

/// A ring has as many at least.
const LEAST_SLOTS: usize = 64;

/// Less would not hold one large trace.
const LEAST_KEPT: usize = 1 << 20;

/// Less would remove what has just been written.
const LEAST_AGE: Duration = Duration::from_secs(1);

/// Less would refuse what every client sends; the HTTP library takes no less either.
const LEAST_HEADER: usize = 8 * 1024;

/// A rate that large is no limit.
fn small(most: usize) -> u32 {
    u32::try_from(most).unwrap_or(u32::MAX)
}

fn label(builder: &mut Builder, pair: Pair) -> Result<(), String> {
    builder
        .configured
        .set_label(pair.key, pair.value, pair.place);
    Ok(())
}

fn rename(builder: &mut Builder, pair: Pair) -> Result<(), String> {
    let Some((module, name)) = pair.key.rsplit_once("::") else {
        return Err(format!(
            "`{}` names no module: write \"module::name\" = \"new_name\"",
            pair.key
        ));
    };
    let rename = Rename {
        module: module.to_owned(),
        name: name.to_owned(),
        new_name: pair.value,
    };
    builder.configured.set_rename(rename, pair.place);
    Ok(())
}

impl Key {
    /// The variable that sets the key too.
    pub(super) fn variable(&self) -> String {
        let name = self.name.replace('.', "_").to_uppercase();
        format!("{}{name}", super::PREFIX)
    }

    /// Changes the builder as found; what is wrong is returned with its place.
    pub(super) fn apply(
        &self,
        builder: &mut Builder,
        found: &Found,
        place: &Place,
    ) -> Result<(), (Place, String)> {
        let refused = || {
            let (found, accepts) = (found.describe(), self.takes.accepts());
            (
                place.clone(),
                format!(
                    "`{}` cannot be {found}: it takes {accepts}, and is {} by default",
                    self.name, self.default
                ),
            )
        };
        match self.takes {
            Takes::Address(set) => set(builder, found.address().ok_or_else(refused)?),
            Takes::Switch(set) => set(builder, found.switch().ok_or_else(refused)?),
            Takes::Duration(least, set) => {
                let duration = found.duration().filter(|duration| *duration >= least);
                set(builder, duration.ok_or_else(refused)?.min(MOST_TIME));
            }
            Takes::Count(least, set) => {
                let count = found.count().filter(|count| *count >= least);
                set(builder, count.ok_or_else(refused)?);
            }
            Takes::Size(least, set) => {
                let size = found.size().filter(|size| *size >= least);
                set(builder, size.ok_or_else(refused)?);
            }
            Takes::Limit(set) => {
                let limit = found.limit().ok_or_else(refused)?;
                set(builder, limit.map(|limit| limit.min(MOST_TIME)));
            }
            Takes::Directory(set) => set(builder, found.directory().ok_or_else(refused)?),
            Takes::Share(set) => set(builder, found.share().ok_or_else(refused)?),
            Takes::Shares(set) => {
                let shares = found.shares(place).map_err(|misfit| match misfit {
                    (Some(key), found, place) => {
                        let (name, found) = (self.name, found.describe());
                        let reason = format!(
                            "`{name}.{key}` cannot be {found}: it takes a number from 0 to 1"
                        );
                        (place.clone(), reason)
                    }
                    (None, ..) => refused(),
                });
                set(builder, shares?);
            }
            Takes::Texts(set) => {
                let texts = found.texts().ok_or_else(refused)?;
                set(builder, texts, place.clone());
            }
            Takes::Pairs(set) => {
                let pairs = found.pairs(place).map_err(|misfit| match misfit {
                    (Some(key), found, place) => {
                        let (name, found) = (self.name, found.describe());
                        let reason = format!("`{name}.{key}` cannot be {found}: it takes a text");
                        (place.clone(), reason)
                    }
                    (None, ..) => refused(),
                });
                for (key, value, place) in pairs? {
                    let at = place.clone();
                    set(builder, Pair { key, value, place }).map_err(|reason| (at, reason))?;
                }
            }
        }
        Ok(())
    }
}

impl Takes {
    /// What is accepted, in words, with an example.
    pub(super) fn accepts(&self) -> String {
        match self {
            Takes::Address(_) => {
                "an address with a port such as \"127.0.0.1:9464\", or \"off\"".to_owned()
            }
            Takes::Switch(_) => "true or false".to_owned(),
            Takes::Duration(least, _) => {
                let least = match least.is_zero() {
                    true => String::new(),
                    false => format!(", at least {}", humantime::format_duration(*least)),
                };
                format!("a duration such as \"5s\" or \"1m30s\"{least}")
            }
            Takes::Count(least, _) => format!("a whole number, at least {least}"),
            Takes::Size(least, _) => {
                format!("a size such as \"10MiB\" or a number of bytes, at least {least}")
            }
            Takes::Limit(_) => "a duration such as \"5s\" or \"1m30s\", or \"off\"".to_owned(),
            Takes::Directory(_) => "the path of a directory, or \"off\"".to_owned(),
            Takes::Share(_) => "a number from 0 to 1".to_owned(),
            Takes::Shares(_) => {
                "a table of numbers from 0 to 1 (in a variable: `key=0.5,key=1`)".to_owned()
            }
            Takes::Texts(_) => {
                "an array of texts such as [\"one\", \"two\"] (in a variable: `one,two`)".to_owned()
            }
            Takes::Pairs(_) => "a table of texts (in a variable: `key=text,key=text`)".to_owned(),
        }
    }
}
