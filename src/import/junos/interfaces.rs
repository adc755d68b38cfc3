//! Interfaces and their units, and the switch that their ports make.

use std::collections::BTreeMap;

use super::super::Import;
use super::super::device::{Net, Tag};
use super::super::ledger::{Ledger, nothing_taken};
use super::super::switch::vlan as number_of;
use super::super::words::Node;
use super::switching::{switching, vlans};
use super::unit::{Bound, Unit};
use crate::document::Family;
use crate::language::Phrase;

/// Whether a unit is shut down.
pub fn is_down(root: &Node<'_>, name: &str) -> bool {
    let (port, unit) = name.split_once('.').unwrap_or((name, "0"));
    let Some(port) = root.at(&["interfaces", port]) else { return false };
    port.get("disable").is_some() || port.at(&["unit", unit, "disable"]).is_some()
}

/// Reads all interfaces. Ports that are parts of others, and those that are shut down, are put into `out`.
pub fn read(root: &Node<'_>, out: &mut Import, ledger: &mut Ledger) -> Vec<Unit> {
    let mut units = Vec::new();
    let vlans = vlans(root, ledger);
    let ranges: Vec<(&Node<'_>, Vec<String>)> =
        root.under(&["interfaces", "interface-range"]).map(|range| (range, members(range, root, ledger))).collect();
    let mut names: Vec<&str> = root
        .under(&["interfaces"])
        .map(|port| port.word.as_ref())
        .filter(|name| !matches!(*name, "interface-range" | "apply-groups" | "apply-groups-except" | "traceoptions"))
        .collect();
    names.extend(ranges.iter().flat_map(|(_, members)| members.iter().map(String::as_str)));
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(*name));
    for name in names {
        let mut parts: Vec<&Node<'_>> = root.at(&["interfaces", name]).into_iter().collect();
        parts.extend(
            ranges.iter().filter(|(_, members)| members.iter().any(|member| member == name)).map(|(node, _)| *node),
        );
        port(name, &parts, &vlans, &mut units, out, ledger);
    }
    for vlan in root.under(&["vlans"]) {
        for member in vlan.values("interface") {
            member.used_here(ledger);
            let name = super::unit_name(&member.word);
            let Some(unit) = units.iter_mut().find(|unit| unit.name == name) else { continue };
            let Some(number) = vlans.get(vlan.word.as_ref()).and_then(|all| all.first()).map(|all| all.0) else {
                continue;
            };
            unit.switched.get_or_insert_default().untagged = Some(number);
        }
    }
    tunnels(root, &mut units, ledger);
    units
}

/// The ports that an `interface-range` is for.
fn members(range: &Node<'_>, root: &Node<'_>, ledger: &mut Ledger) -> Vec<String> {
    let mut out = Vec::new();
    range.used_here(ledger);
    for member in range.values("member") {
        member.used_here(ledger);
        out.extend(spelt_out(&member.word, root));
    }
    for from in range.values("member-range") {
        from.used(ledger);
        let ends = from.text("to").and_then(|to| Some((from.word.rsplit_once('/')?, to.rsplit_once('/')?)));
        let numbers = ends.and_then(|((base, low), (other, high))| {
            (base == other).then_some((base, low.parse::<u32>().ok()?, high.parse::<u32>().ok()?))
        });
        match numbers {
            Some((base, low, high)) if high.saturating_sub(low) < 1024 => {
                out.extend((low..=high).map(|number| format!("{base}/{number}")));
            }
            _ => from.lost(&Phrase::new("this range of ports is not understood", "ポートの範囲を解釈できない"), ledger),
        }
    }
    out
}

/// `ge-0/0/[0-3,7]` as names; with `*`, those that are there.
fn spelt_out(pattern: &str, root: &Node<'_>) -> Vec<String> {
    if pattern.contains('*') {
        let known = root.under(&["interfaces"]).map(|port| port.word.to_string());
        return known.filter(|name| super::glob(pattern, name)).collect();
    }
    let Some((before, rest)) = pattern.split_once('[') else { return vec![pattern.to_owned()] };
    let Some((class, after)) = rest.split_once(']') else { return vec![pattern.to_owned()] };
    let mut out = Vec::new();
    for item in class.split(',') {
        let (low, high) = item.split_once('-').unwrap_or((item, item));
        let (Ok(low), Ok(high)) = (low.parse::<u32>(), high.parse::<u32>()) else { continue };
        for number in low..=high.min(low.saturating_add(1023)) {
            out.extend(spelt_out(&format!("{before}{number}{after}"), root));
        }
    }
    out
}

/// Keys of an interface or unit that say nothing about what passes.
const SILENT: &[&str] = &[
    "description",
    "mtu",
    "speed",
    "link-mode",
    "hold-time",
    "no-traps",
    "traps",
    "traceoptions",
    "encapsulation",
    "bandwidth",
    "gratuitous-arp-reply",
    "no-gratuitous-arp-request",
    "no-gratuitous-arp-reply",
    "flexible-vlan-tagging",
    "vlan-tagging",
    "stacked-vlan-tagging",
    "aggregated-ether-options",
    "redundant-ether-options",
    "fabric-options",
    "auto-negotiation",
    "no-auto-negotiation",
    "media-type",
    "optics-options",
    "accounting-profile",
    "apply-groups",
    "apply-groups-except",
    "mac",
    "native-inner-vlan-id",
    "statistics",
    "clocking",
    "per-unit-scheduler",
    "hierarchical-scheduler",
    "forwarding-class-accounting",
    "no-neighbor-learn",
    "own-routing-engine",
    "dialer-options",
    "ppp-options",
    "pppoe-options",
    "family",
    "unit",
    "disable",
    "enable",
    "input-vlan-map",
    "output-vlan-map",
    "peer-unit",
    "tunnel",
    "proxy-arp",
    "arp-resp",
    "swap-by-poppush",
    "interface-mib",
    "multicast-only",
    "point-to-point",
    "multipoint",
    "wlan",
    "cellular-options",
    "modem-options",
    "e1-options",
    "t1-options",
    "ether-options",
    "gigether-options",
    "fastether-options",
    "native-vlan-id",
    "vlan-id",
    "member",
    "member-range",
    "alias",
];

fn port(
    name: &str,
    parts: &[&Node<'_>],
    vlans: &BTreeMap<String, Vec<(u16, u16)>>,
    units: &mut Vec<Unit>,
    out: &mut Import,
    ledger: &mut Ledger,
) {
    for part in parts {
        part.used_here(ledger);
        for key in &part.below {
            match key.word.as_ref() {
                "disable" | "native-vlan-id" => key.used(ledger),
                "unit" => key.used_here(ledger),
                "ether-options" | "gigether-options" | "fastether-options" => {
                    let of = key
                        .text("802.3ad")
                        .or_else(|| key.at(&["redundant-parent"]).and_then(|_| key.text("redundant-parent")));
                    let of = of.or_else(|| key.at(&["ieee-802.3ad"]).and_then(|_| key.text("ieee-802.3ad")));
                    if let Some(of) = of {
                        out.members.push((name.to_owned(), of.to_owned()));
                        key.used(ledger);
                    }
                    key.silent(ledger);
                }
                word if SILENT.contains(&word) => key.silent_unless(&["unit"], ledger),
                _ => key.lost(&nothing_taken(), ledger),
            }
        }
    }
    let line = parts.first().map_or(1, |part| part.line);
    if parts.iter().any(|part| part.get("disable").is_some()) {
        out.down.push(name.to_owned());
        parts.iter().for_each(|part| part.silent(ledger));
        return;
    }
    let native = parts.iter().find_map(|part| part.text("native-vlan-id")).and_then(number_of);
    let mut numbers: Vec<&str> =
        parts.iter().flat_map(|part| part.under(&["unit"])).map(|unit| unit.word.as_ref()).collect();
    let mut seen = std::collections::HashSet::new();
    numbers.retain(|number| seen.insert(*number));
    for number in numbers {
        let same: Vec<&Node<'_>> = parts.iter().filter_map(|part| part.at(&["unit", number])).collect();
        let mut unit = Unit::new(format!("{name}.{number}"), same.first().map_or(line, |node| node.line));
        if same.iter().any(|node| node.get("disable").is_some()) {
            out.down.push(unit.name.clone());
            same.iter().for_each(|node| {
                node.used_here(ledger);
                node.silent(ledger);
            });
            continue;
        }
        for node in same {
            one(node, name, native, vlans, &mut unit, ledger);
        }
        // a cable is told of the port
        if !matches!(unit.tag, Some(Tag::On { native: false, .. })) && !unit.internal {
            out.members.push((name.to_owned(), unit.name.clone()));
        }
        units.push(unit);
    }
}

trait SilentUnless {
    fn silent_unless(&self, keys: &[&str], ledger: &mut Ledger);
}

impl SilentUnless for Node<'_> {
    fn silent_unless(&self, keys: &[&str], ledger: &mut Ledger) {
        if !keys.contains(&self.word.as_ref()) {
            self.silent(ledger);
        }
    }
}

fn one(
    node: &Node<'_>,
    port: &str,
    native: Option<u16>,
    vlans: &BTreeMap<String, Vec<(u16, u16)>>,
    unit: &mut Unit,
    ledger: &mut Ledger,
) {
    node.used_here(ledger);
    for key in &node.below {
        match key.word.as_ref() {
            "vlan-id" => {
                key.used(ledger);
                if let Some(vlan) = node.text("vlan-id").and_then(number_of) {
                    unit.tag = Some(Tag::On { parent: port.to_owned(), vlan, native: native == Some(vlan) });
                }
            }
            "tunnel" => {
                key.used(ledger);
                unit.tunnel = key.text("destination").map(|peer| format!("tunnel {peer}"));
            }
            "peer-unit" => key.used(ledger),
            "family" => {
                key.used_here(ledger);
                key.below.iter().for_each(|family| self::family(family, native, vlans, unit, ledger));
            }
            "vlan-id-list" | "vlan-id-range" | "vlan-tags" => key.lost(
                &Phrase::new("more than one tag; the unit is taken to be in no VLAN", "複数のタグ。VLAN なしとみなす"),
                ledger,
            ),
            word if SILENT.contains(&word) => key.silent(ledger),
            _ => key.lost(&nothing_taken(), ledger),
        }
    }
}

fn family(
    node: &Node<'_>,
    native: Option<u16>,
    vlans: &BTreeMap<String, Vec<(u16, u16)>>,
    unit: &mut Unit,
    ledger: &mut Ledger,
) {
    let family = match node.word.as_ref() {
        "inet" => Family::V4,
        "inet6" => Family::V6,
        "ethernet-switching" | "bridge" => return switching(node, native, vlans, unit, ledger),
        // frames pass it without an address
        "ccc" | "tcc" | "vpls" => {
            unit.dynamic = true;
            return node.used(ledger);
        }
        "mpls" | "iso" | "mlppp" => return node.silent(ledger),
        _ => return,
    };
    node.used_here(ledger);
    unit.ipv6 |= family == Family::V6;
    for key in &node.below {
        match key.word.as_ref() {
            "address" => {
                key.used_here(ledger);
                for address in &key.below {
                    address.used_here(ledger);
                    self::address(address, unit, ledger);
                }
            }
            "dhcp" | "dhcp-client" | "negotiate-address" | "dhcpv6-client" | "unnumbered-address" => {
                key.used(ledger);
                unit.dynamic = true;
            }
            "filter" => {
                key.used_here(ledger);
                for way in &key.below {
                    let inward = way.word.starts_with("input");
                    if !matches!(way.word.as_ref(), "input" | "output" | "input-list" | "output-list") {
                        if way.word != "group" {
                            way.lost(&Phrase::new("it was left out", "取り込まない"), ledger);
                        }
                        continue;
                    }
                    way.used(ledger);
                    let names: Vec<String> = if way.word.ends_with("list") {
                        way.below.iter().map(|name| name.word.to_string()).collect()
                    } else {
                        node.get("filter")
                            .and_then(|filter| filter.text(&way.word))
                            .map(str::to_owned)
                            .into_iter()
                            .collect()
                    };
                    unit.filters.push(Bound {
                        family,
                        inward,
                        names,
                        line: way.below.first().map_or(way.line, |name| name.line),
                    });
                }
            }
            "simple-filter" => key.lost(
                &Phrase::new("what a simple filter stops is not taken out", "simple-filter が止める通信は除かない"),
                ledger,
            ),
            "mtu"
            | "rpf-check"
            | "sampling"
            | "no-redirects"
            | "no-neighbor-learn"
            | "policer"
            | "service"
            | "targeted-broadcast"
            | "accounting"
            | "tcp-mss"
            | "dad-disable"
            | "nd6-stale-time"
            | "primary"
            | "targeted-options"
            | "destination-class-usage"
            | "ndp-proxy"
            | "dad-proxy"
            | "next-hop-tunnel" => key.silent(ledger),
            _ => key.lost(&nothing_taken(), ledger),
        }
    }
}

fn address(node: &Node<'_>, unit: &mut Unit, ledger: &mut Ledger) {
    let net = node.word.split_once('/').and_then(|(address, length)| {
        let address: std::net::IpAddr = address.parse().ok()?;
        let length: u8 = length.parse().ok()?;
        (length <= if address.is_ipv4() { 32 } else { 128 }).then_some(Net { address, length })
    });
    let single = || {
        let address: std::net::IpAddr = node.word.parse().ok()?;
        Some(Net { address, length: if address.is_ipv4() { 32 } else { 128 } })
    };
    let Some(net) = net.or_else(single) else {
        unit.dynamic = true;
        return node
            .lost(&Phrase::new("this is no address; it may be any", "アドレスではない。どれでもありうる"), ledger);
    };
    unit.addresses.push(net);
    for key in &node.below {
        match key.word.as_ref() {
            "vrrp-group" | "vrrp-inet6-group" => {
                for group in &key.below {
                    group.used_here(ledger);
                    for virtual_address in group.values("virtual-address").chain(group.values("virtual-inet6-address"))
                    {
                        virtual_address.used(ledger);
                        if let Ok(address) = virtual_address.word.parse() {
                            unit.addresses.push(Net { address, length: net.length });
                        }
                    }
                }
                key.silent(ledger);
            }
            "arp"
            | "primary"
            | "preferred"
            | "broadcast"
            | "master-only"
            | "eui-64"
            | "ndp"
            | "destination"
            | "virtual-gateway-address" => {
                if key.word == "virtual-gateway-address" {
                    let shared = key.below.iter().filter_map(|value| value.word.parse().ok());
                    unit.addresses.extend(shared.map(|address| Net { address, length: net.length }));
                    key.used(ledger);
                }
                unit.dynamic |= key.word == "eui-64";
                key.silent(ledger);
            }
            _ => key.lost(&nothing_taken(), ledger),
        }
    }
}

/// What units are beyond their own lines: far ends of tunnels, VLANs that are routed.
fn tunnels(root: &Node<'_>, units: &mut [Unit], ledger: &mut Ledger) {
    for vpn in root.under(&["security", "ipsec", "vpn"]) {
        let Some(bound) = vpn.value("bind-interface") else { continue };
        bound.used(ledger);
        vpn.used_here(ledger);
        let gateway = vpn.at(&["ike"]).and_then(|ike| ike.text("gateway"));
        let peer = gateway.and_then(|gateway| {
            let node = root.at(&["security", "ike", "gateway", gateway])?;
            node.value("address").map(|peer| {
                peer.used(ledger);
                peer.word.to_string()
            })
        });
        if let Some(ike) = vpn.at(&["ike", "gateway"]) {
            ike.used(ledger);
        }
        let name = super::unit_name(&bound.word);
        if let Some(unit) = units.iter_mut().find(|unit| unit.name == name) {
            unit.tunnel = Some(format!("tunnel {}", peer.unwrap_or_else(|| vpn.word.to_string())));
        }
    }
    for vlan in root.under(&["vlans"]).chain(root.under(&["bridge-domains"])) {
        let Some(number) = vlan.text("vlan-id").and_then(number_of) else { continue };
        for key in ["l3-interface", "routing-interface"] {
            let Some(name) = vlan.text(key) else { continue };
            if let Some(unit) = units.iter_mut().find(|unit| unit.name == super::unit_name(name)) {
                unit.tag = Some(Tag::Own(number));
            }
        }
    }
    for unit in units.iter_mut().filter(|unit| unit.name.starts_with("pp0.") || unit.name.starts_with("dl0.")) {
        unit.dynamic |= unit.addresses.is_empty();
    }
}
