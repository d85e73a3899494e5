//! What is read, what is refused, and that the documentation says the same.

use std::ffi::OsString;
use std::path::PathBuf;

use super::*;
use crate::config::keys::{MOST_TIME, Takes};

/// A directory of its own, removed at the end.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Directory {
        let path = std::env::temp_dir().join(format!("obs-config-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Directory(path)
    }

    fn with(name: &str, file: &str) -> Directory {
        let directory = Directory::new(name);
        fs::write(directory.0.join(FILE), file).unwrap();
        directory
    }

    fn read(&self, variables: &[(&str, &str)]) -> Result<Builder, Error> {
        let variables = variables.iter();
        builder(
            &self.0,
            variables.map(|(name, value)| (OsString::from(name), OsString::from(value))),
        )
    }

    fn faults(&self, variables: &[(&str, &str)]) -> Vec<String> {
        match self.read(variables) {
            Err(Error::Config { faults }) => {
                let text = faults.iter().map(Fault::to_string);
                let own = format!("{}/", self.0.display());
                text.map(|text| text.replace(&own, "")).collect()
            }
            other => panic!("no fault was found: {other:?}"),
        }
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn text(builder: &Builder) -> String {
    format!("{builder:?}")
}

#[test]
fn without_a_file_and_variables_all_is_default() {
    let directory = Directory::new("nothing");
    assert_eq!(
        text(&directory.read(&[]).unwrap()),
        text(&Builder::default())
    );
    let others = [("OBSERVER", "x"), ("PATH", "x"), ("OBS_CLI_THEME", "mono")];
    assert_eq!(
        text(&directory.read(&others).unwrap()),
        text(&Builder::default())
    );
}

#[test]
fn a_variable_stands_above_the_file_and_a_call_above_both() {
    let directory = Directory::with(
        "order",
        "listen = \"127.0.0.1:1\"\ntick = \"1m30s\"\nlinger = \"0s\"\n[labels]\nzone = \"a\"\nshard = \"1\"\n",
    );
    let variables = [
        ("OBS_LISTEN", "127.0.0.1:2"),
        ("OBS_LABELS", "zone=b, tier = x"),
        ("OBS_ALLOW_REMOTE", "true"),
    ];
    let builder = directory.read(&variables).unwrap();
    assert_eq!(builder.address, Some(([127, 0, 0, 1], 2).into()));
    assert_eq!(builder.tick.as_secs(), 90);
    assert!(builder.linger.is_zero() && builder.remote);

    let builder = builder.listen(([127, 0, 0, 1], 3)).label("shard", "9");
    assert_eq!(builder.address, Some(([127, 0, 0, 1], 3).into()));
    let naming = builder.configured.below(&builder.naming);
    let labels: Vec<_> = naming
        .constant
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    assert_eq!(labels, [("zone", "b"), ("tier", "x"), ("shard", "9")]);
}

#[test]
fn a_server_can_be_left_out() {
    for variable in ["off", "127.0.0.1:0"] {
        let directory = Directory::new("off");
        let builder = directory.read(&[("OBS_LISTEN", variable)]).unwrap();
        assert_eq!(builder.address.is_none(), variable == "off");
    }
}

#[test]
fn a_rename_is_of_one_metric_of_one_module() {
    let directory = Directory::with(
        "renames",
        "[renames]\n\"shop::parser::jobs_total\" = \"a_total\"\n\"shop::jobs\" = \"b\"\n",
    );
    let builder = directory
        .read(&[("OBS_RENAMES", "shop::jobs=c")])
        .unwrap()
        .rename("shop::parser", "jobs_total", "program_total");
    let naming = builder.configured.below(&builder.naming);
    let renames: Vec<_> = naming
        .renames
        .iter()
        .map(|rename| (&*rename.module, &*rename.name, &*rename.new_name))
        .collect();
    assert_eq!(
        renames,
        [
            ("shop::parser", "jobs_total", "program_total"),
            ("shop", "jobs", "c")
        ]
    );
    let directory = Directory::with("no-module", "\n[renames]\njobs = \"x\"\n");
    let faults = directory.faults(&[]);
    assert!(
        faults[0].starts_with("obs.toml:3: `jobs` names no module"),
        "{faults:?}"
    );
}

#[test]
fn what_is_unknown_is_named_with_its_place_and_the_nearest() {
    let directory = Directory::with(
        "unknown",
        "linger = \"1s\"\ntik = \"1s\"\n\n[label]\na = \"b\"\n",
    );
    let faults = directory.faults(&[("OBS_ALOW_REMOTE", "true"), ("OBS_CONFG", "x")]);
    let says = [
        "obs.toml:2: there is no key `tik`; the nearest is `tick`: how often threads are merged",
        "obs.toml:4: there is no key `label`; the nearest is `labels`: ",
        "OBS_ALOW_REMOTE: there is no variable OBS_ALOW_REMOTE; the nearest is `OBS_ALLOW_REMOTE`: ",
        "OBS_CONFG: there is no variable OBS_CONFG; the nearest is `OBS_CONFIG`: which file",
    ];
    assert_eq!(faults.len(), says.len(), "{faults:?}");
    for (fault, says) in faults.iter().zip(says) {
        assert!(fault.starts_with(says), "{fault}");
    }
}

#[test]
fn what_is_wrong_is_named_with_its_place_and_what_is_accepted() {
    for (file, says) in [
        (
            "tick = 5",
            "obs.toml:1: `tick` cannot be the integer 5: it takes a duration such as \"5s\" or \"1m30s\", at least 1ms, and is \"1s\" by default",
        ),
        ("\ntick = \"5\"", "obs.toml:2: `tick` cannot be \"5\""),
        ("tick = \"0s\"", "`tick` cannot be \"0s\""),
        ("linger = \"5 parsecs\"", "`linger` cannot be \"5 parsecs\""),
        ("linger = \"-5s\"", "`linger` cannot be \"-5s\""),
        ("linger = 1.5", "cannot be the number 1.5"),
        ("allow_remote = \"yes\"", "takes true or false"),
        ("allow_remote = 1", "cannot be the integer 1"),
        (
            "listen = \"localhost:9464\"",
            "an address with a port such as",
        ),
        ("listen = \"127.0.0.1\"", "an address with a port such as"),
        ("listen = false", "cannot be the boolean false"),
        ("labels = \"zone=eu\"", "a table of texts"),
        (
            "[labels]\nzone = 1",
            "obs.toml:2: `labels.zone` cannot be the integer 1: it takes a text",
        ),
        (
            "[limits]\nconnections = 0",
            "obs.toml:2: `limits.connections` cannot be the integer 0",
        ),
        ("limits.connections = \"512\"", "a whole number, at least 1"),
        (
            "[limits]\nconections = 1",
            "obs.toml:2: there is no key `limits.conections`; the nearest is `limits.connections`",
        ),
        (
            "limits = 1",
            "`limits` is a section, with the keys `limits.connections`, `limits.header_time`",
        ),
        ("tick = 2024-01-01", "cannot be TOML's datetime"),
        ("tick = \"1s\"\ntick = \"2s\"", "obs.toml:2: duplicate key"),
        ("tick = \"1s\"\nlinger =\n", "obs.toml:2: "),
    ] {
        let faults = Directory::with("wrong", file).faults(&[]);
        assert_eq!(faults.len(), 1, "{file}: {faults:?}");
        assert!(faults[0].contains(says), "{file}: {faults:?}");
        assert!(faults[0].starts_with("obs.toml:"), "{faults:?}");
    }
    for (variable, value) in [
        ("OBS_TICK", "5"),
        ("OBS_TICK", ""),
        ("OBS_ALLOW_REMOTE", "1"),
        ("OBS_LISTEN", ":9464"),
        ("OBS_LABELS", "zone"),
        ("OBS_RENAMES", "jobs=x"),
        ("OBS_LIMITS", "5"),
        ("OBS_CONFIG", ""),
    ] {
        let faults = Directory::new("wrong").faults(&[(variable, value)]);
        assert!(
            faults[0].starts_with(&format!("{variable}: ")),
            "{faults:?}"
        );
    }
}

#[test]
fn an_empty_variable_is_an_empty_table_or_array_and_nothing_else() {
    let directory = Directory::with("empty", "without = [\"a_*\"]\n[labels]\nzone = \"a\"\n");
    let variables = [
        ("OBS_WITHOUT", ""),
        ("OBS_LABELS", " "),
        ("OBS_RENAMES", ""),
    ];
    let builder = directory.read(&variables).unwrap();
    assert!(builder.configured.without(&builder.without).is_empty());
    let naming = builder.configured.below(&builder.naming);
    assert_eq!((naming.constant.len(), naming.renames.len()), (1, 0));
    for key in KEYS {
        if !matches!(
            key.takes,
            Takes::Texts(_) | Takes::Pairs(_) | Takes::Shares(_)
        ) {
            let faults = directory.faults(&[(&key.variable(), "")]);
            assert!(faults[0].contains("cannot be \"\""), "{faults:?}");
        }
    }
}

#[test]
fn blanks_around_a_variable_do_not_count() {
    let directory = Directory::new("blanks");
    let builder = directory.read(&[("OBS_ALLOW_REMOTE", " true\r"), ("OBS_LISTEN", " off ")]);
    let builder = builder.unwrap();
    assert!(builder.remote && builder.address.is_none());
}

#[test]
fn the_clock_can_count_to_the_end_of_every_time() {
    let takes_time = |key: &&Key| matches!(key.takes, Takes::Duration(..) | Takes::Limit(_));
    let variables: Vec<String> = KEYS.iter().filter(takes_time).map(Key::variable).collect();
    let longest = |name: &String| (OsString::from(name), OsString::from("580000000000y"));
    let directory = Directory::new("longest");
    let builder = builder(&directory.0, variables.iter().map(longest)).unwrap();
    let limits = builder.limits;
    for time in [
        builder.tick,
        builder.linger,
        limits.header,
        limits.idle,
        limits.answer,
        limits.stall,
        limits.grace,
    ] {
        assert_eq!(time, MOST_TIME);
    }
    assert!(std::time::Instant::now().checked_add(MOST_TIME).is_some());
}

#[test]
fn a_section_is_part_of_the_name() {
    let directory = Directory::with(
        "section",
        "[limits]\nconnections = 7\nstall_time = \"1s\"\n",
    );
    let builder = directory
        .read(&[
            ("OBS_LIMITS_STALL_TIME", "3s"),
            ("OBS_LIMITS_SHUTDOWN_TIME", "0s"),
        ])
        .unwrap();
    assert_eq!(builder.limits.connections, 7);
    assert_eq!(builder.limits.stall.as_secs(), 3);
    assert!(builder.limits.grace.is_zero());
}

#[test]
fn sizes_have_units_of_two_to_the_ten() {
    for (text, bytes) in [
        ("0", Some(0)),
        ("512", Some(512)),
        ("16 KiB", Some(16 << 10)),
        ("10MiB", Some(10 << 20)),
        ("3GiB", Some(3 << 30)),
        ("7B", Some(7)),
        ("10MB", None),
        ("-1", None),
        ("1.5MiB", None),
        ("MiB", None),
        ("99999999999999GiB", None),
    ] {
        let found = |found: Found| found.size();
        assert_eq!(found(Found::Text(text.to_owned())), bytes, "{text}");
        assert_eq!(found(Found::Variable(text.to_owned())), bytes, "{text}");
    }
    assert_eq!(Found::Integer("9".to_owned()).size(), Some(9));
    assert_eq!(Found::Switch(true).size(), None);
    let takes = Takes::Size(8_192, |_, _| ());
    assert!(
        takes
            .accepts()
            .contains("\"10MiB\" or a number of bytes, at least 8192")
    );
}

#[test]
fn the_file_is_the_one_that_is_named() {
    let directory = Directory::with("named", "tick = 1\n");
    let other = directory.0.join("other.toml");
    fs::write(&other, "tick = \"7s\"\n").unwrap();
    let other = other.display().to_string();
    let builder = directory.read(&[("OBS_CONFIG", &other)]).unwrap();
    assert_eq!(builder.tick.as_secs(), 7);

    let missing = directory.0.join("missing.toml");
    let error = directory.read(&[("OBS_CONFIG", &missing.display().to_string())]);
    let error = error.unwrap_err();
    assert!(error.to_string().contains("missing.toml"), "{error}");
    assert!(matches!(error, Error::ConfigFile { .. }));

    fs::remove_file(directory.0.join(FILE)).unwrap();
    fs::create_dir(directory.0.join(FILE)).unwrap();
    assert!(matches!(directory.read(&[]), Err(Error::ConfigFile { .. })));
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_no_text_is_refused() {
    use std::os::unix::ffi::OsStringExt;
    let value = OsString::from_vec(vec![0xff]);
    let directory = Directory::new("bytes");
    let read = builder(&directory.0, [("OBS_TICK".into(), value)]);
    let message = read.unwrap_err().to_string();
    assert_eq!(message, "OBS_TICK: its value is no UTF-8");
}

#[test]
fn a_fault_that_shows_at_the_start_names_its_place() {
    let directory = Directory::with(
        "late",
        "[labels]\ncomponent = \"x\"\n[renames]\n\"nobody::jobs_total\" = \"x_total\"\n",
    );
    let switched = Directory::with("late-switch", "\nwithout = [\"jobs_*\"]\n");
    let builder = directory.read(&[]).unwrap();
    let own = builder.naming;
    let error = |key: &str| Error::Label {
        key: key.to_owned(),
        reason: "why".to_owned(),
    };
    let placed = builder.configured.placed(error("component"), &own);
    assert!(
        placed
            .to_string()
            .contains("obs.toml:2: constant label `component`: why")
    );
    let rename = Error::Rename {
        module: "nobody".to_owned(),
        name: "jobs_total".to_owned(),
        reason: "why".to_owned(),
    };
    let placed = builder.configured.placed(rename, &own);
    assert!(placed.to_string().contains("obs.toml:4: cannot rename"));
    let switch = |names: &str| Error::NoSuchMetric {
        names: names.to_owned(),
        nearest: "job_total",
    };
    let configured = switched.read(&[]).unwrap().configured;
    let placed = configured.placed(switch("jobs_*"), &own).to_string();
    assert!(placed.contains("obs.toml:2: cannot switch `jobs_*`"));
    let placed = configured.placed(switch("other"), &own);
    assert!(matches!(placed, Error::NoSuchMetric { .. }));
    // What the program says itself has no other place than the program.
    let program = Builder::default().label("component", "y").naming;
    let placed = builder.configured.placed(error("component"), &program);
    assert!(matches!(placed, Error::Label { .. }));
    let placed = builder.configured.placed(error("other"), &own);
    assert!(matches!(placed, Error::Label { .. }));
}

/// A value that is not the default.
fn example(key: &Key) -> &'static str {
    match key.takes {
        Takes::Address(_) => "off",
        Takes::Switch(_) if key.default == "true" => "false",
        Takes::Switch(_) => "true",
        Takes::Limit(_) => "17s",
        Takes::Directory(_) => "somewhere",
        Takes::Share(_) => "0.5",
        Takes::Shares(_) => "GET *=0.5,b=1",
        Takes::Duration(..) => "17s",
        Takes::Count(..) => "170",
        Takes::Size(..) => "17MiB",
        Takes::Texts(_) => "function_*",
        Takes::Pairs(_) => "a::b=c",
    }
}

#[test]
fn every_key_has_its_default_and_an_effect() {
    for key in KEYS {
        let file = match key.name.split_once('.') {
            Some((section, name)) => format!("[{section}]\n{name} = {}", key.default),
            None => format!("{} = {}", key.name, key.default),
        };
        let builder = Directory::with("default", &file).read(&[]).unwrap();
        assert_eq!(text(&builder), text(&Builder::default()), "{}", key.name);

        let variable = key.variable();
        let builder = Directory::new("effect").read(&[(&variable, example(key))]);
        assert_ne!(
            text(&builder.unwrap()),
            text(&Builder::default()),
            "{}",
            key.name
        );
    }
}

#[test]
fn the_documentation_has_the_table_of_the_code() {
    let mut table =
        String::from("| key | variable | takes | default | effect |\n|---|---|---|---|---|\n");
    for key in KEYS {
        let (name, variable, default) = (key.name, key.variable(), key.default);
        let (takes, effect) = (key.takes.accepts(), key.effect);
        table += &format!("| `{name}` | `{variable}` | {takes} | `{default}` | {effect} |\n");
    }
    let page = include_str!("../../../../docs/guide/configuration.md");
    assert!(
        page.contains(&table),
        "docs/guide/configuration.md must contain this table:\n{table}"
    );
}

#[test]
fn shares_are_numbers_from_0_to_1() {
    let file = "[traces]\nbaseline = 1\n[traces.sample]\n\"GET /\" = 0.25\n\"job.*\" = 0\n";
    let directory = Directory::with("shares", file);
    let variables = [("OBS_TRACES_SAMPLE", "GET /=1, other = 0.5")];
    let builder = directory.read(&variables).unwrap();
    let shares: Vec<_> = builder.tracing.shares.iter().collect();
    let expected = [
        ("GET /", 0.25),
        ("job.*", 0.0),
        ("GET /", 1.0),
        ("other", 0.5),
    ];
    let expected = expected.map(|(names, share)| (names.to_owned(), share));
    assert_eq!(shares, expected.iter().collect::<Vec<_>>());
    assert_eq!(builder.tracing.rates.baseline, 1.0);

    let file = "[traces]\nbaseline = 1.5\n[traces.sample]\na = \"half\"\nb = nan\n";
    let directory = Directory::with("no-shares", file);
    let faults = directory.faults(&[("OBS_TRACES_SAMPLE", "a=2")]);
    assert_eq!(
        faults,
        [
            "obs.toml:2: `traces.baseline` cannot be the number 1.5: it takes a number from 0 to 1, and is 0.05 by default",
            "obs.toml:4: `traces.sample.a` cannot be \"half\": it takes a number from 0 to 1",
            "OBS_TRACES_SAMPLE: `traces.sample` cannot be \"a=2\": it takes a table of numbers from 0 to 1 (in a variable: \
             `key=0.5,key=1`), and is {} by default",
        ]
    );
}

#[test]
fn traces_are_set_up_by_a_file() {
    let file = "data_dir = \"data\"\n[traces]\nslow = \"250ms\"\nmemory = \"2MiB\"\nwithout = [\"noise.*\"]\nstuck_after = \"5s\"\n";
    let builder = Directory::with("traces", file).read(&[]).unwrap();
    assert_eq!(builder.data_dir, Some(PathBuf::from("data")));
    let tracing = builder.tracing;
    assert_eq!(tracing.rates.slow.map(|slow| slow.as_millis()), Some(250));
    assert_eq!(tracing.retention.memory_bytes, 2 << 20);
    assert_eq!(
        (tracing.without, tracing.stuck_after.as_secs()),
        (vec!["noise.*".to_owned()], 5)
    );
}
