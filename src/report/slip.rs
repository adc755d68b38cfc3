//! What warnings tell of: probable slips, and guesses made in the attacker's favour that touch many nodes at once. Facts;
//! `render/catalogue` says them.

use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::language::Phrase;

/// What a warning tells of. Those of one code at one place come in the order of their variants, then of their data.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Slip {
    /// What the reader of the document said.
    Told {
        code: Code,
        message: Phrase,
        help: Option<Phrase>,
    },
    /// So many endpoints, this one first, have neither a zone nor relays.
    UnlabelledEndpoint {
        node: String,
        endpoints: u64,
    },
    /// The addresses of so many endpoints, this one first, are unknown.
    SymbolicAddress {
        node: String,
        endpoints: u64,
    },
    /// The document expects this communication, and so much more; the policy asks for none of it.
    UnaskedExpectation {
        expectation: String,
        more: u64,
    },
    /// No node belongs to the zone.
    EmptyZone {
        zone: String,
    },
    SwitchInTwoZones {
        switch: String,
        zones: [String; 2],
    },
    /// A side (`from`, `to`) of a relay, by its number from 1, matches no endpoint.
    RelayMatchesNobody {
        key: &'static str,
        entry: u64,
        node: String,
    },
    ExceptionMatchesNobody {
        key: &'static str,
        exception: String,
    },
    /// A permit rule names an address that no node declares.
    UndeclaredAddress {
        address: String,
    },
    /// A permit rule of a node names, as an item of its destination or within a group or name there, what no endpoint receives.
    UnreceivedDestination {
        rule: String,
        node: String,
        part: String,
        within: Option<String>,
        why: NoReceiver,
    },
    /// A permit rule of a filter of which another filter, that applies to the same packets, permits nothing, and so many more.
    BothMustPermit {
        rule: String,
        node: String,
        filter: String,
        other: String,
        more: u64,
    },
    /// A permit rule for services that carry other packets, between ends that no link joins.
    Tunnel {
        rule: String,
        node: String,
        carriers: Vec<String>,
    },
    /// So many more addresses are declared twice, from this node on.
    MoreDuplicates {
        more: u64,
        node: String,
    },
    /// Two nodes declare the address.
    DuplicateAddress {
        node: String,
        address: String,
        other: String,
    },
    /// No filter of a firewall applies between two interfaces, nor between so many more pairs.
    UncoveredInterfaces {
        firewall: String,
        from: String,
        to: String,
        more: u64,
    },
    /// A rule never decides, nor do so many more of its filter, for an earlier one matches all that it matches.
    UnreachableRule {
        rule: String,
        node: String,
        earlier: String,
        more: u64,
    },
    AppliesToNothing(Applies),
    UnlinkedNode {
        node: String,
    },
    /// So many more nodes have no link, this one first.
    MoreUnlinked {
        more: u64,
        node: String,
    },
    /// No other link of the switch carries these VLANs of the node.
    UnheardVlan {
        switch: String,
        vlans: Vec<(u16, u16)>,
        node: String,
    },
    /// An empty list of routed VLANs, which does not mean that nothing is routed.
    EmptyRoutedVlans {
        node: String,
    },
    TierWithoutFilter {
        tier: String,
    },
    /// A word under a key (`tags`, `controls`) of a node, and of so many more, is nearly one of the policy.
    MisspeltWord {
        word: String,
        key: &'static str,
        node: String,
        more: u64,
        meant: String,
    },
    /// A requirement was decided to hold, but that could not be proved.
    UnprovedVerdict {
        requirement: String,
    },
    /// What loosened a requirement has ended, and has no effect any more.
    LooseningEnded {
        requirement: String,
        until: String,
    },
    /// So many tuples that a baseline accepts do not violate any more.
    AcceptedGone {
        tuples: u64,
        requirement: String,
        owner: String,
    },
    /// The acceptance of so many violating tuples has expired.
    AcceptedExpired {
        tuples: u64,
        requirement: String,
        expires: String,
        owner: String,
    },
    AcceptanceExpiresSoon {
        tuples: u64,
        requirement: String,
        expires: String,
        owner: String,
    },
    ExceptionExpiresSoon {
        exception: String,
        expires: String,
    },
    TransferExpiresSoon {
        transfer: String,
        expires: String,
    },
}

/// Why nobody receives what is sent somewhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum NoReceiver {
    Nobody,
    /// Only this node bears it, which forwards and is no endpoint.
    Transit {
        node: String,
    },
    /// It is multicast, and nobody declares it.
    Multicast,
    /// It is the broadcast address of a network, or of all.
    Broadcast {
        network: Option<String>,
    },
}

/// What can apply to no packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Applies {
    Filter,
    Rule,
    Nat,
}

impl Slip {
    /// Stable code in kebab-case.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Told { code, .. } => *code,
            Self::UnlabelledEndpoint { .. } => Code::UnlabelledEndpoint,
            Self::SymbolicAddress { .. } => Code::SymbolicAddress,
            Self::UnaskedExpectation { .. } => Code::UnaskedExpectation,
            Self::EmptyZone { .. } => Code::EmptyZone,
            Self::SwitchInTwoZones { .. } => Code::SwitchInTwoZones,
            Self::RelayMatchesNobody { .. } => Code::RelayMatchesNobody,
            Self::ExceptionMatchesNobody { .. } => Code::ExceptionMatchesNobody,
            Self::UndeclaredAddress { .. } => Code::UndeclaredAddress,
            Self::UnreceivedDestination { .. } => Code::UnreceivedDestination,
            Self::BothMustPermit { .. } => Code::BothMustPermit,
            Self::Tunnel { .. } => Code::TunnelWithoutLink,
            Self::MoreDuplicates { .. } | Self::DuplicateAddress { .. } => Code::DuplicateAddress,
            Self::UncoveredInterfaces { .. } => Code::UncoveredInterfaces,
            Self::UnreachableRule { .. } => Code::UnreachableRule,
            Self::AppliesToNothing(_) => Code::AppliesToNothing,
            Self::UnlinkedNode { .. } | Self::MoreUnlinked { .. } => Code::UnlinkedNode,
            Self::UnheardVlan { .. } => Code::UnheardVlan,
            Self::EmptyRoutedVlans { .. } => Code::EmptyRoutedVlans,
            Self::TierWithoutFilter { .. } => Code::TierWithoutFilter,
            Self::MisspeltWord { .. } => Code::MisspeltWord,
            Self::UnprovedVerdict { .. } => Code::UnprovedVerdict,
            Self::LooseningEnded { .. } => Code::LooseningEnded,
            Self::AcceptedGone { .. } => Code::AcceptedGone,
            Self::AcceptedExpired { .. } => Code::AcceptedExpired,
            Self::AcceptanceExpiresSoon { .. }
            | Self::ExceptionExpiresSoon { .. }
            | Self::TransferExpiresSoon { .. } => Code::ExpiresSoon,
        }
    }

    /// The slip without what may change in passing: numbers, and the node that is named for several.
    #[must_use]
    pub fn core(&self) -> Self {
        let mut core = self.clone();
        match &mut core {
            Self::UnlabelledEndpoint { node, endpoints } | Self::SymbolicAddress { node, endpoints }
                if *endpoints > 1 =>
            {
                (*node, *endpoints) = (String::new(), 2);
            }
            Self::RelayMatchesNobody { entry, .. } => *entry = 0,
            Self::UnaskedExpectation { expectation, more } => (*expectation, *more) = (String::new(), 0),
            Self::MoreDuplicates { more, .. } => *more = 0,
            Self::UncoveredInterfaces { more, .. } => *more = (*more).min(1),
            // Of the rules that it names only the place of the filter matters.
            Self::UnreachableRule { rule, earlier, more, .. } => {
                (*rule, *earlier, *more) = (String::new(), String::new(), 0);
            }
            Self::UnreceivedDestination { rule, within, .. } => (*rule, *within) = (String::new(), None),
            // Filters without a name are told by their number.
            Self::BothMustPermit { rule, filter, other, more, .. } => {
                [rule, filter, other].into_iter().for_each(String::clear);
                *more = 0;
            }
            Self::Tunnel { rule, .. } => rule.clear(),
            Self::MoreUnlinked { more, node } => (*more, *node) = (0, String::new()),
            Self::UnheardVlan { vlans, .. } => vlans.retain(|(low, high)| low != high),
            Self::MisspeltWord { more, .. } => *more = (*more).min(2),
            Self::Told { message, help, .. } => {
                (*message, *help) = (Phrase { en: without_numbers(&message.en), ja: String::new() }, None);
            }
            _ => {}
        }
        core
    }
}

impl From<Diagnostic> for Slip {
    fn from(Diagnostic { code, message, help, .. }: Diagnostic) -> Self {
        Self::Told { code, message, help }
    }
}

/// A sentence without the numbers that stand alone in it, and without the example that it gives.
fn without_numbers(text: &str) -> String {
    let text = match text.split_once(", such as ") {
        Some((before, rest)) => format!("{before}{}", rest.split_once(',').map_or("", |(_, after)| after)),
        None => text.to_owned(),
    };
    let is_number = |word: &str| {
        let word = word.trim_matches(|c: char| matches!(c, '#' | ',' | ';' | ':' | '(' | ')'));
        !word.is_empty() && word.chars().all(|c| c.is_ascii_digit())
    };
    text.split(' ').filter(|word| !is_number(word)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::Slip;
    use crate::language::Phrase;

    #[test]
    fn only_numbers_and_examples_change_in_passing() {
        let rule = |rule: &str, node: &str, more| {
            let (rule, node, earlier) = (rule.to_owned(), node.to_owned(), "r0".to_owned());
            Slip::UnreachableRule { rule, node, earlier, more }.core()
        };
        assert_eq!(rule("r1", "fw", 0), rule("r2", "fw", 4));
        assert_ne!(rule("r1", "1", 0), rule("r1", "2", 0), "another firewall");
        let told = |en: &str| {
            Slip::Told { code: crate::code::Code::ImportAssumed, message: Phrase::new(en, en), help: None }.core()
        };
        assert_eq!(told("3 nodes, such as a, have none"), told("4 nodes, such as b, have none"));
        assert_ne!(told("a has none"), told("b has none"));
    }
}
