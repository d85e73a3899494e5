//! How many clients do what at once, and the limits of the server that they do it to.

/// A load and a server.
pub(crate) struct Plan {
    /// For how long, unless it is said otherwise.
    pub(crate) seconds: u64,
    /// Variables of the server's process.
    pub(crate) limits: &'static [(&'static str, &'static str)],
    /// Longer than the server lets a reader read nothing.
    pub(crate) stall_seconds: u64,
    /// Scrapes at once.
    pub(crate) crowd: usize,
    /// Threads that send halves of requests, and the connections of each.
    pub(crate) halves: (usize, usize),
    /// Threads each of which does the one thing, again and again.
    pub(crate) floods: usize,
    pub(crate) half_closed: usize,
    pub(crate) leaving: usize,
    pub(crate) malformed: usize,
    pub(crate) bodies: usize,
    pub(crate) kept: usize,
    /// Readers that read nothing, and those that drip.
    pub(crate) stalled: usize,
    pub(crate) dripping: usize,
}

/// Ten minutes, at the default limits.
pub(crate) const LONG: Plan = Plan {
    seconds: 600,
    limits: &[],
    stall_seconds: 35,
    crowd: 1_000,
    halves: (4, 100),
    floods: 2,
    half_closed: 2,
    leaving: 2,
    malformed: 1,
    bodies: 1,
    kept: 4,
    stalled: 64,
    dripping: 8,
};

/// A few seconds, at limits that fit.
pub(crate) const SHORT: Plan = Plan {
    seconds: 2,
    limits: &[
        ("OBS_LIMITS_CONNECTIONS", "32"),
        ("OBS_LIMITS_HEADER_TIME", "500ms"),
        ("OBS_LIMITS_STALL_TIME", "500ms"),
    ],
    stall_seconds: 2,
    crowd: 60,
    halves: (2, 20),
    floods: 1,
    half_closed: 1,
    leaving: 1,
    malformed: 1,
    bodies: 1,
    kept: 2,
    stalled: 2,
    dripping: 0,
};

impl Plan {
    /// How many connections its clients hold at once, at most.
    pub(crate) fn connections(&self) -> usize {
        let threads = self.floods
            + self.half_closed
            + self.leaving
            + self.malformed
            + self.bodies
            + self.kept
            + self.stalled
            + self.dripping;
        // One more asks for everything once a second.
        self.crowd + self.halves.0 * self.halves.1 + threads + 1
    }
}
