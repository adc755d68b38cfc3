//! The texts of facts that are noted, in the order in which their sentences name them.

use super::Redactor;
use crate::language::Phrase;
use crate::report::cause::{Cause, Element, FilterName, Leak, What};
use crate::report::fault::{Fault, LabelFault, Lacking, Several};
use crate::report::note::{Assumption, Guess, Names, Note, Separation};
use crate::report::slip::{NoReceiver, Slip};
use crate::report::why::{Obstacle, Stop};

/// A fact with texts.
pub(in crate::report) trait Texts {
    /// Calls for each text that comes from the document.
    fn texts(&mut self) -> Vec<&mut String>;
}

impl Redactor {
    pub(in crate::report) fn notes<F: Texts>(&mut self, notes: &mut [Note<F>]) {
        for Note { node, location: _, fact } in notes {
            self.texts(node);
            self.texts(fact.texts());
        }
    }
}

impl Texts for Assumption {
    fn texts(&mut self) -> Vec<&mut String> {
        match self {
            Self::Excused { exception, waives, approved_by, expires: _ } => {
                std::iter::once(exception).chain(waives).chain(approved_by).collect()
            }
            Self::Carried { transfer, from, to, sanitise: _, approved_by, expires: _ } => {
                std::iter::once(transfer).chain(from).chain(to).chain(approved_by).collect()
            }
            Self::Attested { exception, by, basis } => vec![exception, by, basis],
            Self::Controls { node, more: _, controls } => std::iter::once(node).chain(controls).collect(),
            Self::OneFamily { node, endpoints: _ }
            | Self::NoService { node, forwarders: _ }
            | Self::RoutesInForce { node, routers: _ } => vec![node],
            Self::Accepted { until: _, tuples: _, of: _, requirement: _, owner, reason } => {
                std::iter::once(owner).chain(reason).collect()
            }
            Self::Relays { entries: _, sanitising: _ }
            | Self::NothingElseCarried
            | Self::TiersPassNothing
            | Self::NoMulticast
            | Self::NoTranslation
            | Self::DeclaredTranslation
            | Self::Complete => Vec::new(),
        }
    }
}

impl Texts for Guess {
    fn texts(&mut self) -> Vec<&mut String> {
        match self {
            Self::Believed { rule, sender, source, r#in } => vec![rule, sender, source, r#in],
            Self::Claimed { source } => vec![source],
            Self::WideZone { zone, rule, holder } => vec![zone, rule, holder],
            Self::NoRoutes { out, rule } => std::iter::once(out).chain(rule).collect(),
            Self::EveryVlan { link, vlan: _ } => vec![link],
            Self::RelaysEverything | Self::AnyAddress | Self::RoutesEveryVlan => Vec::new(),
        }
    }
}

impl Texts for Separation {
    fn texts(&mut self) -> Vec<&mut String> {
        match self {
            Self::Excepted(names) | Self::Sanitised(names) | Self::Relays(names) | Self::SanitisedTransfers(names) => {
                of_names(names).collect()
            }
            Self::Through { nodes, tag } => of_names(nodes).chain(tag).collect(),
            Self::Filter { node, name, number: _, default_deny: _, denied_by } => {
                name.iter_mut().chain([node]).chain(of_names(denied_by)).collect()
            }
            Self::Vlans { vlans: _, links } => of_names(links).collect(),
            Self::Routes { node } | Self::RoutedVlans { node, vlans: _ } => vec![node],
            Self::UnevenLink { link } | Self::OneWayLink { link } => vec![link],
            Self::TooLarge(_)
            | Self::TooLong
            | Self::Unproved
            | Self::Unconnected
            | Self::NothingPasses
            | Self::More(_) => Vec::new(),
        }
    }
}

fn of_names(Names { shown, count: _ }: &mut Names) -> impl Iterator<Item = &mut String> {
    shown.iter_mut()
}

impl Texts for Fault {
    fn texts(&mut self) -> Vec<&mut String> {
        match self {
            Self::Leak(Leak { cause: Cause { elements, shown: _ }, from, to, service: _ }) => {
                elements.iter_mut().flat_map(Texts::texts).chain([from, to]).collect()
            }
            Self::Peer { exceptions, leak } => exceptions.iter_mut().chain(leak.texts()).collect(),
            Self::Past { nodes, leak } => nodes.iter_mut().map(|nodes| &mut nodes.first).chain(leak.texts()).collect(),
            Self::Exposed { exception, peers: Several { first, others: _ } } => vec![exception, first],
            Self::Controls { nodes: Several { first, others: _ }, lacking } => {
                std::iter::once(first).chain(lacking).collect()
            }
            Self::Label { nodes: Several { first, others: _ }, fault } => match fault {
                LabelFault::Contradiction { own, other } => vec![first, own, other],
                LabelFault::NoRelays | LabelFault::NoAddresses | LabelFault::SeveralZones | LabelFault::NoNetwork => {
                    vec![first]
                }
            },
            Self::Exceptions { exceptions: Several { first, others: _ }, faults: _ }
            | Self::Unused { exceptions: Several { first, others: _ } }
            | Self::Unattested { exceptions: Several { first, others: _ } }
            | Self::Transfers { transfers: Several { first, others: _ }, faults: _ } => vec![first],
            Self::Undeclared { of_links: _, items: Several { first, others: _ }, lacking } => {
                let words = lacking.iter_mut().flat_map(|lack| match lack {
                    Lacking::Control(word) => vec![word],
                    Lacking::OneOf(words) => words.iter_mut().collect(),
                    Lacking::Owner | Lacking::Circuit(_) => Vec::new(),
                });
                std::iter::once(first).chain(words).collect()
            }
            Self::Misplaced { nodes: Several { first, others: _ }, zone } => {
                std::iter::once(first).chain(zone).collect()
            }
            Self::Homed { nodes: Several { first, others: _ }, zones } => std::iter::once(first).chain(zones).collect(),
            Self::Segment { node, others: Several { first, others: _ }, way } => {
                [node, first].into_iter().chain(way.iter_mut().map(|(switch, _)| switch)).collect()
            }
            Self::NoEvidence { kind, within: _, last: _ } => vec![kind],
            Self::Impossible { expectation, from, to, stops } => {
                [expectation, from, to].into_iter().chain(stops.iter_mut().flat_map(Texts::texts)).collect()
            }
            Self::Untraced { limit: _ } | Self::UntracedPeers { limit: _ } => Vec::new(),
        }
    }
}

impl Texts for Element {
    fn texts(&mut self) -> Vec<&mut String> {
        let Self { what, location: _ } = self;
        match what {
            What::Exception { id } | What::Transfer { id, raw: _ } => vec![id],
            What::Rule { node, filter: FilterName { name, number: _ }, rule } => {
                std::iter::once(node).chain(name).chain([rule]).collect()
            }
            What::Default { node, filter: FilterName { name, number: _ } } => {
                std::iter::once(node).chain(name).collect()
            }
            What::Relay { node, entry: _, raw: _ }
            | What::RoutedVlan { node, vlan: _, other: _, declared: _ }
            | What::Route { node, entry: _ }
            | What::Relays { node }
            | What::Forwarder { node, gateway: _ }
            | What::Routing { node } => vec![node],
            What::Segment { node, vlan: _, zone } => vec![node, zone],
            What::Vlan { link, vlan: _, declared: _ } | What::Link { link } => vec![link],
        }
    }
}

impl Texts for Obstacle {
    fn texts(&mut self) -> Vec<&mut String> {
        let Self { session: _, stop, packet, location: _ } = self;
        let of_stop = match stop {
            Stop::Rule { node, filter, rule } => std::iter::once(node).chain(filter).chain([rule]).collect(),
            Stop::Default { node, filter } => std::iter::once(node).chain(filter).collect(),
            Stop::Route { node, interface } => vec![node, interface],
            Stop::Translation { node, entry } => vec![node, entry],
            Stop::Vlan { link, vlan: _ } | Stop::OneWay { link } => vec![link],
            Stop::RoutedVlan { node, vlan: _ } => vec![node],
            Stop::Relay { node, from, to, declared: _ } => vec![node, from, to],
            Stop::NoLink { from, to } => vec![from, to],
        };
        let of_packet = packet.iter_mut().flat_map(|packet| [&mut packet.source, &mut packet.destination]);
        of_stop.into_iter().chain(of_packet).collect()
    }
}

impl Texts for Slip {
    fn texts(&mut self) -> Vec<&mut String> {
        match self {
            Self::Told { code: _, message, help } => {
                std::iter::once(message).chain(help).flat_map(|Phrase { en, ja }| [en, ja]).collect()
            }
            Self::UnlabelledEndpoint { node, endpoints: _ } | Self::SymbolicAddress { node, endpoints: _ } => {
                vec![node]
            }
            Self::UnreceivedDestination { rule, node, part, within, why } => {
                let of_why = match why {
                    NoReceiver::Transit { node } => Some(node),
                    NoReceiver::Broadcast { network } => network.as_mut(),
                    NoReceiver::Nobody | NoReceiver::Multicast => None,
                };
                [rule, node, part].into_iter().chain(within).chain(of_why).collect()
            }
            Self::BothMustPermit { rule, node, filter, other, more: _ } => vec![rule, node, filter, other],
            Self::Tunnel { rule, node, carriers: _ } => vec![rule, node],
            Self::UnaskedExpectation { expectation, more: _ } => vec![expectation],
            Self::EmptyZone { zone } => vec![zone],
            Self::SwitchInTwoZones { switch, zones } => std::iter::once(switch).chain(zones).collect(),
            Self::ExceptionMatchesNobody { key: _, exception } => vec![exception],
            Self::UndeclaredAddress { address } => vec![address],
            Self::DuplicateAddress { node, address, other } => vec![node, address, other],
            Self::UncoveredInterfaces { firewall, from, to, more: _ } => vec![firewall, from, to],
            Self::UnreachableRule { rule, node, earlier, more: _ } => vec![rule, node, earlier],
            Self::RelayMatchesNobody { key: _, entry: _, node }
            | Self::MoreDuplicates { more: _, node }
            | Self::UnlinkedNode { node }
            | Self::MoreUnlinked { more: _, node }
            | Self::EmptyRoutedVlans { node } => vec![node],
            Self::UnheardVlan { switch, vlans: _, node } => vec![switch, node],
            Self::TierWithoutFilter { tier } => vec![tier],
            Self::MisspeltWord { word, key: _, node, more: _, meant } => vec![word, node, meant],
            Self::ExceptionExpiresSoon { exception: text, expires: _ }
            | Self::TransferExpiresSoon { transfer: text, expires: _ }
            | Self::AcceptedGone { tuples: _, requirement: _, owner: text }
            | Self::AcceptedExpired { tuples: _, requirement: _, expires: _, owner: text }
            | Self::AcceptanceExpiresSoon { tuples: _, requirement: _, expires: _, owner: text } => vec![text],
            Self::AppliesToNothing(_) | Self::UnprovedVerdict { requirement: _ } => Vec::new(),
            Self::LooseningEnded { requirement: _, until: _ } => Vec::new(),
        }
    }
}
