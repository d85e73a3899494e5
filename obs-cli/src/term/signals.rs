//! Signals that ask a dashboard to end: they set its stop flag, so that the terminal is given back in order.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::Result;

/// A watch over SIGTERM, SIGINT and SIGHUP; once it is dropped they terminate the process as if nobody watched.
pub(crate) struct Signals {
    /// Read by the signal handlers; written when the watch ends.
    over: Arc<AtomicBool>,
}

impl Signals {
    /// Lets the signals set `stop`, if `wanted`.
    pub(crate) fn watch(wanted: bool, stop: &Arc<AtomicBool>) -> Result<Signals> {
        let signals = Signals {
            over: Arc::default(),
        };
        if wanted {
            signals.register(stop)?;
        }
        Ok(signals)
    }

    #[cfg(unix)]
    fn register(&self, stop: &Arc<AtomicBool>) -> Result<()> {
        use anyhow::Context;
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
        use signal_hook::flag;

        for signal in [SIGTERM, SIGINT, SIGHUP] {
            flag::register_conditional_default(signal, Arc::clone(&self.over))
                .and_then(|_| flag::register(signal, Arc::clone(stop)))
                .with_context(|| format!("cannot watch for signal {signal}"))?;
        }
        Ok(())
    }

    #[cfg(not(unix))]
    fn register(&self, _stop: &Arc<AtomicBool>) -> Result<()> {
        Ok(())
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        // Relaxed: the flag stands alone, nothing is read after it.
        self.over.store(true, std::sync::atomic::Ordering::Relaxed);
    }
}
