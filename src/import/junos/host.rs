//! What is for the device itself: `host-inbound-traffic` of zones and their interfaces, policies to `junos-host`.

use std::sync::Arc;

use super::super::device::{Applies, Device, Filter, Names, Rule};
use super::super::ledger::Ledger;
use super::super::region::{Services, all_ports};
use super::super::set::Ranges;
use super::super::text::Refusal;
use super::super::words::Node;
use super::Reader;
use super::policies::judged;

impl Reader<'_, '_> {
    /// The filters for what is delivered and what is sent by the device; none where there are no zones.
    ///
    /// # Errors
    /// When sets hold each other in a circle.
    pub(super) fn host(&self, device: &mut Device, ledger: &mut Ledger) -> Result<(), Refusal> {
        if !self.has_zones() {
            return Ok(());
        }
        let line = self.root.at(&["security", "zones"]).map_or(1, |node| node.line);
        let mut filter = Filter::new("host-inbound-traffic", false, ledger.origin(line));
        filter.applies = vec![Applies::Delivered];
        filter.stateful = true;
        for zone in self.root.under(&["security", "zones", "security-zone"]) {
            let mut common = self.zones.get(zone.word.as_ref()).cloned().unwrap_or_default();
            for interface in zone.values("interfaces") {
                // what an interface says goes before what its zone says
                let Some(own) = interface.get("host-inbound-traffic") else { continue };
                let name = super::unit_name(&interface.word);
                common.retain(|member| *member != name);
                inbound(own, &[name], &zone.word, &mut filter.rules, ledger);
            }
            if let Some(all) = zone.get("host-inbound-traffic") {
                inbound(all, &common, &zone.word, &mut filter.rules, ledger);
            }
        }
        for management in self.root.under(&["security", "zones", "functional-zone"]) {
            let units: Vec<String> = management.values("interfaces").map(|way| super::unit_name(&way.word)).collect();
            management.used_here(ledger);
            if let Some(all) = management.get("host-inbound-traffic") {
                inbound(all, &units, &management.word, &mut filter.rules, ledger);
            }
        }
        let free: Vec<String> = self.outside().into_iter().filter(|unit| super::is_management(unit)).collect();
        if !free.is_empty() {
            let mut rule = Rule::all("management port", true, ledger.origin(line));
            rule.ways_in = Some(free.into());
            filter.rules.push(rule.into());
        }
        device.filters.push(filter);
        for to_host in [true, false] {
            device.filters.extend(self.host_policies(to_host, ledger)?);
        }
        Ok(())
    }
}

/// Puts in what `host-inbound-traffic` lets in; what is excepted from `all` comes first.
fn inbound(node: &Node<'_>, ways: &[String], zone: &str, out: &mut Vec<Arc<Rule>>, ledger: &mut Ledger) {
    node.used_here(ledger);
    let mut permits = Vec::new();
    let ways: Names = ways.into();
    for kind in &node.below {
        kind.used_here(ledger);
        for service in &kind.below {
            service.used(ledger);
            let is_protocol = kind.word == "protocols";
            let excepted = service.get("except").is_some();
            let known = if is_protocol { protocol(&service.word) } else { system_service(&service.word) };
            if known.is_none() {
                service.lost(&judged(), ledger);
                if excepted {
                    continue;
                }
            }
            let mut rule = Rule::all(format!("{zone} {}", service.word), !excepted, ledger.origin(service.line));
            rule.ways_in = Some(ways.clone());
            if known.is_none() {
                rule.condition = Some(service.word.to_string().into());
            }
            rule.services = known.unwrap_or_else(|| vec![Services::all()]).into();
            // a type of icmp
            if service.word == "ping" || service.word == "router-discovery" {
                rule.condition = Some(service.word.to_string().into());
            }
            if excepted && rule.condition.is_none() {
                out.push(rule.into())
            } else if !excepted {
                permits.push(rule.into())
            }
        }
    }
    out.append(&mut permits);
}

fn ports(all: &[(u8, u16, u16)]) -> Vec<Services> {
    let one = |&(protocol, low, high): &(u8, u16, u16)| {
        Services::ports(
            &Ranges::one(protocol.into(), protocol.into()),
            all_ports(),
            Ranges::one(low.into(), high.into()),
        )
    };
    all.iter().map(one).collect()
}

/// The ports of a system service; `None` for one that is not known.
fn system_service(word: &str) -> Option<Vec<Services>> {
    const TCP: u8 = 6;
    const UDP: u8 = 17;
    Some(match word {
        "all" | "any-service" => vec![Services::all()],
        "ping" => vec![Services::protocol(1), Services::protocol(58)],
        "bootp" | "dhcp" => ports(&[(UDP, 67, 68)]),
        "dhcpv6" => ports(&[(UDP, 546, 547)]),
        "dns" => ports(&[(UDP, 53, 53), (TCP, 53, 53)]),
        "finger" => ports(&[(TCP, 79, 79)]),
        "ftp" => ports(&[(TCP, 21, 21)]),
        "http" => ports(&[(TCP, 80, 80)]),
        "https" => ports(&[(TCP, 443, 443)]),
        "ident-reset" => ports(&[(TCP, 113, 113)]),
        "ike" => ports(&[(UDP, 500, 500), (UDP, 4500, 4500)]),
        "lsping" => ports(&[(UDP, 3503, 3503)]),
        "netconf" => ports(&[(TCP, 830, 830)]),
        "ntp" => ports(&[(UDP, 123, 123)]),
        "r2cp" => ports(&[(UDP, 28672, 28672)]),
        "reverse-ssh" => ports(&[(TCP, 2901, 2901)]),
        "reverse-telnet" => ports(&[(TCP, 2900, 2900)]),
        "rlogin" => ports(&[(TCP, 513, 513)]),
        "rsh" => ports(&[(TCP, 514, 514)]),
        "sip" => ports(&[(UDP, 5060, 5060), (TCP, 5060, 5060)]),
        "snmp" => ports(&[(UDP, 161, 161)]),
        "snmp-trap" => ports(&[(UDP, 162, 162)]),
        "ssh" => ports(&[(TCP, 22, 22)]),
        "telnet" => ports(&[(TCP, 23, 23)]),
        "tftp" => ports(&[(UDP, 69, 69)]),
        "traceroute" => ports(&[(UDP, 33434, 33534)]),
        "xnm-clear-text" => ports(&[(TCP, 3221, 3221)]),
        "xnm-ssl" => ports(&[(TCP, 3220, 3220)]),
        _ => return None,
    })
}

/// What a routing protocol is on the wire; `None` for one that is not known.
fn protocol(word: &str) -> Option<Vec<Services>> {
    const TCP: u8 = 6;
    const UDP: u8 = 17;
    Some(match word {
        "all" => vec![Services::all()],
        "bfd" => ports(&[(UDP, 3784, 3785)]),
        "bgp" => ports(&[(TCP, 179, 179)]),
        "dvmrp" | "igmp" => vec![Services::protocol(2)],
        "ldp" => ports(&[(TCP, 646, 646), (UDP, 646, 646)]),
        "msdp" => ports(&[(TCP, 639, 639)]),
        "ndp" => vec![Services::protocol(58)],
        "nhrp" => vec![Services::protocol(54)],
        "ospf" | "ospf3" => vec![Services::protocol(89)],
        "pgm" => vec![Services::protocol(113)],
        "pim" => vec![Services::protocol(103)],
        "rip" => ports(&[(UDP, 520, 520)]),
        "ripng" => ports(&[(UDP, 521, 521)]),
        "router-discovery" => vec![Services::protocol(1)],
        "rsvp" => vec![Services::protocol(46)],
        "sap" => ports(&[(UDP, 9875, 9875)]),
        "vrrp" => vec![Services::protocol(112)],
        _ => return None,
    })
}
