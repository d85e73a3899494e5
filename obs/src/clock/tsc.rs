//! The time stamp counter of x86-64, and whether this machine's can be trusted.

/// Reads the counter. Only meaningful where [`is_trusted`] says so.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(super) fn read() -> u64 {
    // SAFETY: every x86-64 processor has the instruction; where the kernel forbids it to programs, `is_trusted` has
    // found another clock source.
    #[expect(unsafe_code, reason = "the counter has no safe reader")]
    unsafe {
        std::arch::x86_64::_rdtsc()
    }
}

#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
pub(super) fn read() -> u64 {
    0
}

/// Whether the counter runs at one rate in all power states and the kernel itself keeps time by it.
pub(super) fn is_trusted() -> bool {
    cfg!(all(target_arch = "x86_64", target_os = "linux")) && is_invariant() && kernel_uses_it()
}

fn kernel_uses_it() -> bool {
    const SOURCE: &str = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
    std::fs::read_to_string(SOURCE).is_ok_and(|source| source.trim() == "tsc")
}

#[cfg(target_arch = "x86_64")]
fn is_invariant() -> bool {
    const HIGHEST_EXTENDED: u32 = 0x8000_0000;
    const POWER_MANAGEMENT: u32 = 0x8000_0007;
    const INVARIANT_TSC: u32 = 1 << 8;
    let cpuid = std::arch::x86_64::__cpuid;
    cpuid(HIGHEST_EXTENDED).eax >= POWER_MANAGEMENT
        && cpuid(POWER_MANAGEMENT).edx & INVARIANT_TSC != 0
}

#[cfg(not(target_arch = "x86_64"))]
fn is_invariant() -> bool {
    false
}
