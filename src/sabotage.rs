//! Faults built into the engine on purpose, for tests only: certificates of a broken engine must not be accepted.
//! Compiled in by the feature `broken-engine` alone; without it no trace of this module is left.

use std::cell::Cell;

/// What a broken engine gets wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sabotage {
    /// A link carries only the first of its VLANs.
    ForgetsVlans,
    /// Nobody sends IPv6 packets.
    ForgetsIpv6,
    /// Relays take what is pushed to them and push on; nobody pulls.
    ForgetsPulls,
    /// An entry with `both` relays one way only.
    ForgetsMirrors,
    /// Nobody has the addresses that a default route stands for.
    ForgetsStrangers,
}

thread_local! {
    static BUILT_IN: Cell<Option<Sabotage>> = const { Cell::new(None) };
}

/// Runs `then` on this thread with an engine that has this fault.
pub fn with<T>(sabotage: Sabotage, then: impl FnOnce() -> T) -> T {
    BUILT_IN.set(Some(sabotage));
    let out = then();
    BUILT_IN.set(None);
    out
}

/// Whether the engine has this fault now.
pub(crate) fn has(sabotage: Sabotage) -> bool {
    BUILT_IN.get() == Some(sabotage)
}
