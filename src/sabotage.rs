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
    /// What is not X is what may not be X: `{not: X}` takes X in the meaning of the rule itself.
    NegatesAlike,
    /// A host name that `names` does not give is nobody's.
    TrustsUnknownNames,
    /// A denial with a condition always holds.
    BelievesConditions,
    /// Nobody forges replies.
    ForgetsForgedReplies,
    /// A filter is for all traffic, whatever its `applies_to` says.
    AppliesToAll,
    /// No line goes down.
    NothingFails,
    /// A tag stays where `native` changes it.
    ForgetsNative,
    /// The second end of a link carries what the first does.
    ForgetsSecondEnd,
    /// No destination is translated.
    ForgetsTranslation,
    /// What the node itself emits is not translated on its way out.
    ForgetsOwnOutput,
    /// An entry that may match does.
    DecidesLoosely,
    /// An address that nobody declares is nobody's.
    ForgetsAnybody,
    /// A forwarded port is one of tcp.
    ForgetsOtherProtocols,
    /// A translated source keeps its port.
    KeepsSourcePorts,
    /// Every filter looks at the destination as it was translated.
    SeesTranslated,
    /// Nobody carries anything.
    ForgetsTransfers,
}

impl Sabotage {
    /// Faults in what the fourth edition of the format added.
    pub const OF_THE_FOURTH_EDITION: [Self; 16] = [
        Self::NegatesAlike,
        Self::TrustsUnknownNames,
        Self::BelievesConditions,
        Self::ForgetsForgedReplies,
        Self::AppliesToAll,
        Self::NothingFails,
        Self::ForgetsNative,
        Self::ForgetsSecondEnd,
        Self::ForgetsTranslation,
        Self::ForgetsOwnOutput,
        Self::DecidesLoosely,
        Self::ForgetsAnybody,
        Self::ForgetsOtherProtocols,
        Self::KeepsSourcePorts,
        Self::SeesTranslated,
        Self::ForgetsTransfers,
    ];
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
