//! What goes with address translation: which nodes translate, what services an entry speaks of; and the VLANs of links
//! whose ends differ.

use super::{NONE, Named, Resolver};
use crate::code::Code;
use crate::document::{Kind, Link, NatEntry, NatSide, NatTarget, Node, Service, ServiceItem, Spanned};
use crate::language::Phrase;
use crate::model::{SCTP, TCP, UDP};
use crate::source::Span;

/// What a service list holds, by whatever detour.
#[derive(Clone, Copy, Default)]
pub(super) struct Holds {
    /// The service of a transfer.
    pub transfer: bool,
    /// Something that packets without ports match too.
    portless: bool,
}

impl Holds {
    fn add(&mut self, other: Self) {
        self.transfer |= other.transfer;
        self.portless |= other.portless;
    }
}

impl<'d> Resolver<'_, 'd> {
    /// The errors of `nat` entries, of what filters see, and of services that no packet has.
    pub(super) fn translation(&mut self, named: &[Holds]) {
        let document = self.document;
        for node in &document.nodes {
            let Some(details) = node.details.as_deref() else { continue };
            for filter in details.filters.iter().flatten() {
                if let (Some(sees), None) = (&filter.sees, &details.nat) {
                    self.sees_nothing(node, sees.span);
                }
            }
            let Some(nat) = &details.nat else { continue };
            if !node.is_forwarder() || node.kind == Kind::Switch {
                self.translates_nothing(node, nat);
            }
            self.nat_ids(nat);
            for entry in nat {
                self.selector(&entry.from);
                self.selector(&entry.to);
                self.packet_service(&entry.service, named);
                if let NatTarget::Addresses(items) = &entry.target {
                    self.selector(items);
                }
                if let NatSide::Destination { port: Some(_), .. } = entry.side
                    && self.holds(&entry.service, named).portless
                {
                    self.port_without_ports(entry);
                }
            }
        }
    }

    /// What each named service holds. Lists that hold themselves are errors, and may be answered anyhow.
    pub(super) fn services_hold(&self) -> Vec<Holds> {
        let lists = &self.document.services;
        let mut known = vec![Holds::default(); lists.len()];
        // what is held moves one list up with each round; lists are at most 64 deep
        for _ in 0..64 {
            let mut changed = false;
            for (at, list) in lists.iter().enumerate() {
                let holds = self.holds(&list.items, &known);
                changed |= holds.transfer != known[at].transfer || holds.portless != known[at].portless;
                known[at] = holds;
            }
            if !changed {
                break;
            }
        }
        known
    }

    fn holds(&self, items: &Service<'_>, named: &[Holds]) -> Holds {
        let mut holds = Holds::default();
        for item in items {
            holds.add(match &item.value {
                ServiceItem::Any => Holds { transfer: false, portless: true },
                ServiceItem::Transfer => Holds { transfer: true, portless: false },
                ServiceItem::Protocol { number, .. } => {
                    Holds { transfer: false, portless: ![TCP, UDP, SCTP].contains(number) }
                }
                ServiceItem::Named(name) => {
                    let index = self.services.get(&**name).copied();
                    index.and_then(|index| named.get(index as usize).copied()).unwrap_or_default()
                }
            });
        }
        holds
    }

    /// A service list of a rule or an entry of `nat`: every name leads somewhere, and none of it is `transfer`.
    pub(super) fn packet_service(&mut self, service: &Service<'_>, named: &[Holds]) {
        for Spanned { value, span } in service {
            let transfer = match value {
                ServiceItem::Named(name) => {
                    let index = self.find(Named::Service, name, *span);
                    index.and_then(|index| named.get(index as usize)).is_some_and(|holds| holds.transfer)
                }
                ServiceItem::Transfer => true,
                ServiceItem::Any | ServiceItem::Protocol { .. } => false,
            };
            if transfer {
                self.error(
                    Code::TransferNotHere,
                    *span,
                    ("no packet is a `transfer`", "「transfer」はパケットではありません"),
                    (
                        "only relays and exceptions can speak of transfers",
                        "「transfer」を書けるのは中継と特定通信だけです",
                    ),
                );
            }
        }
    }

    fn sees_nothing(&mut self, node: &'d Node<'d>, span: Span) {
        let id = self.document.name(node.id);
        let message = (
            format!("a filter of `{id}` has `sees`, but `{id}` translates nothing"),
            format!("「{id}」は何も変換しないのに、フィルタに「sees」があります"),
        );
        self.error(
            Code::SeesWithoutNat,
            span,
            message,
            ("delete `sees`, or write `nat`", "「sees」を取り除くか、「nat」を書いてください"),
        );
    }

    fn translates_nothing(&mut self, node: &'d Node<'d>, nat: &[NatEntry<'_>]) {
        let id = self.document.name(node.id);
        let span = nat.first().map_or(node.span, |entry| entry.span);
        let message = (
            format!("`{id}` has `nat`, but is a switch or does not forward"),
            format!("「{id}」は転送しないかスイッチなのに、「nat」があります"),
        );
        let help = (
            "put `nat` on the router, firewall or l3-switch that translates",
            "「nat」は変換を行うルーター、ファイアウォール、L3 スイッチに書いてください",
        );
        self.error(Code::NatNotHere, span, message, help);
    }

    /// Ids of entries are only unique within their node.
    fn nat_ids(&mut self, nat: &'d [NatEntry<'d>]) {
        let document = self.document;
        let mut seen: std::collections::HashMap<&str, Span> = std::collections::HashMap::new();
        for entry in nat {
            let Some(id) = &entry.id else { continue };
            let span = document.span_of(id, entry.span);
            if let Some(first) = seen.insert(id, span) {
                self.duplicate(span, first, id, ("entry of `nat`", "アドレス変換"));
            }
        }
    }

    fn port_without_ports(&mut self, entry: &NatEntry<'_>) {
        let span = match (entry.service.first(), entry.service.last()) {
            (Some(first), Some(last)) if last.span.end > first.span.start => {
                Span { start: first.span.start, end: last.span.end }
            }
            _ => entry.span,
        };
        let message = (
            "`destination_port`, but the service holds what has no ports",
            "「destination_port」がありますが、サービスにポートのないものが含まれています",
        );
        let help =
            ("write the ports that are forwarded, such as tcp/443", "転送するポートを tcp/443 のように書いてください");
        self.error(Code::PortWithoutPorts, span, message, help);
    }

    /// The errors of a link whose ends differ in their VLANs, or that has an untagged one. `ends` are its nodes.
    pub(super) fn uneven(&mut self, link: &'d Link<'d>, ends: [u32; 2]) {
        let document = self.document;
        let is_switch = |end: usize| {
            let node = document.nodes.get(ends[end] as usize);
            // a node that is not there is told of elsewhere
            ends[end] == NONE || node.is_none_or(|node| matches!(node.kind, Kind::Switch | Kind::L3Switch))
        };
        let by_end = link.vlans_of_both().is_none();
        for end in [0, 1] {
            let id = document.name(link.ends[end]);
            if is_switch(end) {
                continue;
            }
            let span = document.end_span(link, end);
            if by_end && link.vlans_at(end).is_some() {
                self.error(
                    Code::VlansNotHere,
                    span,
                    (
                        format!("`{id}` is no switch, and has VLANs of its own at this link"),
                        format!("「{id}」はスイッチではないのに、この端に独自の VLAN があります"),
                    ),
                    ("write VLANs at the switch's end only", "VLAN はスイッチ側の端にだけ書いてください"),
                );
            }
            if link.native().is_some() {
                self.error(
                    Code::NativeNotHere,
                    span,
                    (
                        format!("a link with `native` ends at `{id}`, which is no switch"),
                        format!("「native」のあるリンクの端「{id}」がスイッチではありません"),
                    ),
                    (
                        "only links between two switches have untagged VLANs: delete `native`",
                        "「native」はスイッチどうしのリンクだけのものです。取り除いてください",
                    ),
                );
            }
        }
        let Some(native) = link.native() else { return };
        for (end, vlan) in [0, 1].into_iter().zip(native) {
            let carried = link.vlans_at(end);
            if carried.is_some_and(|vlans| !vlans.iter().any(|&(low, high)| (low..=high).contains(&vlan))) {
                let diagnostic = self.error(
                    Code::NativeNotCarried,
                    document.end_span(link, end),
                    (
                        format!("the native VLAN {vlan} is not among the VLANs of this end"),
                        format!("ネイティブ VLAN {vlan} がこの端の VLAN にありません"),
                    ),
                    (format!("add {vlan} to its `vlans`"), format!("「vlans」に {vlan} を加えてください")),
                );
                diagnostic.related.push((link.span, Phrase::new("the link is here", "リンクはここです")));
            }
        }
    }
}
