//! The standard metrics of a process, as Prometheus's client guidelines name them, read from Linux.
//!
//! What the system does not tell is left out: these metrics, unlike others, are not exported before they are set.

use std::fs;
use std::sync::OnceLock;
use std::time::Duration;

use obs::{Counter, Gauge, counter, gauge};
use rustix::process::{Resource, getrlimit};
use rustix::time::{ClockId, clock_gettime};

use super::told::Told;

static CPU: Counter = counter!(
    "process_cpu_seconds_total",
    "Total user and system CPU time spent in seconds.",
    scope = process
);

static OPEN_FDS: Gauge = gauge!(
    "process_open_fds",
    "Number of open file descriptors.",
    scope = process
);

static MAX_FDS: Gauge = gauge!(
    "process_max_fds",
    "Maximum number of open file descriptors.",
    scope = process
);

static VIRTUAL_MEMORY: Gauge = gauge!(
    "process_virtual_memory_bytes",
    "Virtual memory size in bytes.",
    scope = process
);

static MAX_VIRTUAL_MEMORY: Gauge = gauge!(
    "process_virtual_memory_max_bytes",
    "Maximum amount of virtual memory available in bytes.",
    scope = process
);

static RESIDENT_MEMORY: Gauge = gauge!(
    "process_resident_memory_bytes",
    "Resident memory size in bytes.",
    scope = process
);

static START_TIME: Gauge = gauge!(
    "process_start_time_seconds",
    "Start time of the process since unix epoch in seconds.",
    scope = process
);

/// Nanoseconds of CPU time that `CPU` has been told of.
static CPU_TOLD_NS: Told = Told::nothing();

/// When the process started; it does not change.
static STARTED: OnceLock<Option<f64>> = OnceLock::new();

/// Sets all of them to what they are now.
pub(crate) fn record() {
    record_cpu();
    if let Some(open) = open_fds() {
        OPEN_FDS.set(open);
    }
    if let Some(limit) = getrlimit(Resource::Nofile).current {
        MAX_FDS.set(limit);
    }
    if let Some((size, resident)) = fs::read_to_string("/proc/self/statm")
        .ok()
        .and_then(|statm| memory_bytes(&statm, rustix::param::page_size() as u64))
    {
        VIRTUAL_MEMORY.set(size);
        RESIDENT_MEMORY.set(resident);
    }
    if let Some(limit) = getrlimit(Resource::As).current {
        MAX_VIRTUAL_MEMORY.set(limit);
    }
    if let Some(started) = STARTED.get_or_init(started_seconds) {
        START_TIME.set(*started);
    }
}

fn record_cpu() {
    let spent = clock_gettime(ClockId::ProcessCPUTime);
    let spent = spent.tv_sec as u64 * 1_000_000_000 + spent.tv_nsec as u64;
    CPU.inc_by_duration(Duration::from_nanos(CPU_TOLD_NS.news(spent)));
}

fn open_fds() -> Option<u64> {
    let listed = fs::read_dir("/proc/self/fd").ok()?.count() as u64;
    // Listing takes a descriptor of its own.
    Some(listed.saturating_sub(1))
}

/// Virtual and resident size out of `/proc/self/statm`, which counts in pages.
fn memory_bytes(statm: &str, page_bytes: u64) -> Option<(u64, u64)> {
    let mut pages = statm.split_ascii_whitespace().map(str::parse::<u64>);
    let size = pages.next()?.ok()?;
    let resident = pages.next()?.ok()?;
    Some((size * page_bytes, resident * page_bytes))
}

fn started_seconds() -> Option<f64> {
    let own = fs::read_to_string("/proc/self/stat").ok()?;
    let system = fs::read_to_string("/proc/stat").ok()?;
    let ticks = start_ticks(&own)? as f64 / rustix::param::clock_ticks_per_second() as f64;
    Some(boot_seconds(&system)? as f64 + ticks)
}

/// Ticks between boot and the start of the process: the twentieth field after the name, which may hold anything.
fn start_ticks(stat: &str) -> Option<u64> {
    let (_, after_name) = stat.rsplit_once(')')?;
    after_name.split_ascii_whitespace().nth(19)?.parse().ok()
}

fn boot_seconds(stat: &str) -> Option<u64> {
    let line = stat.lines().find_map(|line| line.strip_prefix("btime "))?;
    line.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::SystemTime;

    #[test]
    fn memory_counts_in_pages() {
        assert_eq!(
            memory_bytes("100 25 3 1 0 9 0", 4096),
            Some((409_600, 102_400))
        );
        assert_eq!(memory_bytes("100", 4096), None);
        assert_eq!(memory_bytes("much more", 4096), None);
    }

    #[test]
    fn a_name_with_spaces_and_brackets_does_not_shift_the_fields() {
        let fields: Vec<String> = (3..=30).map(|field| field.to_string()).collect();
        let stat = format!("17 (a) b) c) {}", fields.join(" "));
        assert_eq!(start_ticks(&stat), Some(22));
        assert_eq!(start_ticks("17 no name"), None);
    }

    #[test]
    fn boot_time_is_found_among_other_lines() {
        assert_eq!(
            boot_seconds("cpu 1 2\nbtime 1700000000\n"),
            Some(1_700_000_000)
        );
        assert_eq!(boot_seconds("cpu 1 2\n"), None);
    }

    #[test]
    fn this_process_started_not_long_ago() {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let age = now.unwrap().as_secs_f64() - started_seconds().unwrap();
        assert!((-5.0..36_000.0).contains(&age), "{age} s");
    }

    #[test]
    fn an_open_file_counts() {
        let before = open_fds().unwrap();
        let files: Vec<_> = (0..50)
            .map(|_| fs::File::open("/dev/null").unwrap())
            .collect();
        // Other tests of this process open and close a few meanwhile.
        assert!(open_fds().unwrap() >= before + 25);
        drop(files);
    }
}
