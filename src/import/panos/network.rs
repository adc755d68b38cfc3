//! Interfaces and routes.

use std::net::IpAddr;

use super::super::Import;
use super::super::device::{Net, Route, Tag};
use super::super::ledger::Ledger;
use super::super::switch::vlan;
use super::super::text::Refusal;
use super::super::words::Node;
use super::objects::Objects;
use crate::language::Phrase;

/// An interface that is up.
#[derive(Clone, Debug)]
pub struct Port {
    /// Its name.
    pub name: String,
    /// Its addresses.
    pub addresses: Vec<Net>,
    /// Whether its address is not in the configuration, or it needs none.
    pub dynamic: bool,
    /// Whether it has IPv6.
    pub ipv6: bool,
    /// Its far end where it is a tunnel.
    pub tunnel: Option<String>,
    /// Its VLAN.
    pub tag: Option<Tag>,
    /// Where it stands.
    pub line: u32,
}

impl Port {
    /// An interface that nothing is said of.
    #[must_use]
    pub fn new(name: String, line: u32) -> Self {
        Self { name, addresses: Vec::new(), dynamic: false, ipv6: false, tunnel: None, tag: None, line }
    }
}

/// Reads the interfaces.
///
/// # Errors
/// When groups of addresses hold themselves.
pub fn read(
    device: &Node<'_>,
    objects: &Objects<'_, '_>,
    out: &mut Import,
    ledger: &mut Ledger,
) -> Result<Vec<Port>, Refusal> {
    let mut ports = Vec::new();
    for kind in device.under(&["network", "interface"]) {
        kind.used_here(ledger);
        match kind.word.as_ref() {
            "ethernet" | "aggregate-ethernet" => {
                for port in &kind.below {
                    ethernet(port, objects, &mut ports, out, ledger)?;
                }
            }
            "vlan" | "loopback" | "tunnel" => {
                for unit in kind.values("units") {
                    let mut port = one(unit, &unit.word, objects, ledger)?;
                    // a tunnel needs no address
                    if *kind.word == *"tunnel" && port.addresses.is_empty() {
                        port.tunnel = Some(format!("tunnel {}", unit.word));
                    }
                    ports.push(port);
                }
                // the interface itself, without a unit
                if kind.get("ip").is_some() || kind.get("ipv6").is_some() {
                    ports.push(one(kind, &kind.word, objects, ledger)?);
                }
                if let Some(units) = kind.get("units") {
                    units.used_here(ledger);
                }
            }
            _ => {}
        }
    }
    for tunnel in device.under(&["network", "tunnel", "ipsec"]) {
        let Some(bound) = tunnel.value("tunnel-interface") else { continue };
        tunnel.used_here(ledger);
        bound.used(ledger);
        let gateway = tunnel.at(&["auto-key", "ike-gateway"]).and_then(|node| node.below.first());
        let peer = gateway.and_then(|name| {
            let address = device.at(&["network", "ike", "gateway", &name.word, "peer-address"])?;
            address.text("ip").map(str::to_owned)
        });
        if let Some(port) = ports.iter_mut().find(|port| port.name == *bound.word) {
            port.tunnel = Some(format!("tunnel {}", peer.unwrap_or_else(|| tunnel.word.to_string())));
        }
    }
    for gateway in device.under(&["network", "tunnel", "global-protect-gateway"]) {
        let Some(bound) = gateway.value("tunnel-interface") else { continue };
        gateway.used_here(ledger);
        bound.used(ledger);
        if let Some(port) = ports.iter_mut().find(|port| port.name == *bound.word) {
            // who dials in has an address of a pool, which no route is written for
            port.tunnel = Some("vpn clients".to_owned());
            port.dynamic = true;
        }
    }
    Ok(ports)
}

fn ethernet(
    port: &Node<'_>,
    objects: &Objects<'_, '_>,
    ports: &mut Vec<Port>,
    out: &mut Import,
    ledger: &mut Ledger,
) -> Result<(), Refusal> {
    port.used_here(ledger);
    if let Some(state) = port.value("link-state") {
        state.used(ledger);
        if state.word == "down" {
            out.down.push(port.word.to_string());
            port.silent(ledger);
            return Ok(());
        }
    }
    if let Some(group) = port.value("aggregate-group") {
        group.used(ledger);
        out.members.push((port.word.to_string(), group.word.to_string()));
    }
    for mode in &port.below {
        match mode.word.as_ref() {
            "layer3" => {
                let own = one(mode, &port.word, objects, ledger)?;
                if !own.addresses.is_empty() || own.dynamic || mode.get("units").is_none() {
                    ports.push(Port { line: port.line, ..own });
                }
                for unit in mode.values("units") {
                    let mut way = one(unit, &unit.word, objects, ledger)?;
                    if let Some(tag) = unit.value("tag") {
                        tag.used(ledger);
                        way.tag =
                            vlan(&tag.word).map(|vlan| Tag::On { parent: port.word.to_string(), vlan, native: false });
                    }
                    ports.push(way);
                }
                if let Some(units) = mode.get("units") {
                    units.used_here(ledger);
                }
            }
            // frames pass without an address
            "layer2" | "virtual-wire" => {
                mode.used_here(ledger);
                let mut way = Port::new(port.word.to_string(), port.line);
                way.dynamic = true;
                way.ipv6 = true;
                ports.push(way);
                for unit in mode.values("units") {
                    unit.used_here(ledger);
                    let mut way = Port::new(unit.word.to_string(), unit.line);
                    (way.dynamic, way.ipv6) = (true, true);
                    ports.push(way);
                }
                mode.silent(ledger);
            }
            _ => mode.silent(ledger),
        }
    }
    Ok(())
}

fn one(node: &Node<'_>, name: &str, objects: &Objects<'_, '_>, ledger: &mut Ledger) -> Result<Port, Refusal> {
    let mut port = Port::new(name.to_owned(), node.line);
    node.used_here(ledger);
    for address in node.values("ip").chain(node.under(&["ipv6", "address"])) {
        address.used(ledger);
        port.ipv6 |= address.word.contains(':');
        match net(&address.word) {
            Some(net) => port.addresses.push(net),
            None => {
                // an object
                let object = objects.places.iter().find_map(|place| place.at(&["address", &address.word]));
                match object.and_then(|object| net(object.text("ip-netmask")?)) {
                    Some(net) => port.addresses.push(net),
                    None => {
                        address.lost(
                            &Phrase::new("this is no address; it may be any", "アドレスではない。どれでもありうる"),
                            ledger,
                        );
                        port.dynamic = true;
                    }
                }
            }
        }
    }
    for key in ["ip", "ipv6"] {
        if let Some(key) = node.get(key) {
            key.used_here(ledger);
        }
    }
    if let Some(ipv6) = node.get("ipv6") {
        port.ipv6 |= ipv6.text("enabled") == Some("yes");
        ipv6.silent(ledger);
    }
    for key in ["dhcp-client", "pppoe"] {
        if let Some(key) = node.get(key) {
            port.dynamic |= key.text("enable") != Some("no") && key.text("enabled") != Some("no");
            key.used(ledger);
        }
    }
    node.below.iter().filter(|key| !matches!(key.word.as_ref(), "units" | "tag")).for_each(|key| key.silent(ledger));
    Ok(port)
}

/// `10.0.0.1/24`, `2001:db8::1/64`.
fn net(word: &str) -> Option<Net> {
    let (address, length) = match word.split_once('/') {
        Some((address, length)) => (address.parse().ok()?, Some(length.parse().ok()?)),
        None => (word.parse::<IpAddr>().ok()?, None),
    };
    let full = if address.is_ipv4() { 32 } else { 128 };
    let length: u8 = length.unwrap_or(full);
    (length <= full).then_some(Net { address, length })
}

/// The routes of a virtual system; `None`: anything is possible.
pub fn routes(device: &Node<'_>, system: &Node<'_>, ports: &[Port], ledger: &mut Ledger) -> Option<Vec<Route>> {
    let mut possible: Option<u32> = None;
    let routers: Vec<&Node<'_>> =
        device.under(&["network", "virtual-router"]).chain(device.under(&["network", "logical-router"])).collect();
    let mut statics: Vec<&Node<'_>> = Vec::new();
    let mut holding = 0;
    for router in &routers {
        router.used_here(ledger);
        let members: Vec<&str> = router.values("interface").map(|name| name.word.as_ref()).collect();
        if let Some(interface) = router.get("interface") {
            interface.used(ledger);
        }
        if router.get("vrf").is_some() {
            possible = possible.or(Some(router.line));
        }
        if !ports.iter().any(|port| members.contains(&port.name.as_str())) {
            continue;
        }
        holding += 1;
        for protocol in router.under(&["protocol"]) {
            if protocol.text("enable") == Some("yes") {
                possible = possible.or(Some(protocol.line));
            }
        }
        for family in router.under(&["routing-table"]) {
            family.used_here(ledger);
            statics.extend(family.values("static-route"));
            if let Some(all) = family.get("static-route") {
                all.used_here(ledger);
            }
        }
        if let Some(table) = router.get("routing-table") {
            table.used_here(ledger);
        }
        router.silent_but_routes(ledger);
    }
    for kind in ["pbf", "sdwan"] {
        let by_policy = system.under(&["rulebase", kind, "rules"]).find(|rule| rule.text("disabled") != Some("yes"));
        possible = possible.or(by_policy.map(|rule| rule.line));
    }
    if holding > 1 {
        possible = possible.or(routers.first().map(|router| router.line));
    }
    let mut out: Vec<Route> = Vec::new();
    for port in ports {
        for net in port.addresses.iter().filter(|net| !net.is_single()) {
            let via = Some(port.name.clone());
            out.push(Route { to: net.prefix(), via, fails: false, origin: ledger.origin(port.line) });
        }
    }
    let connected = out.len();
    for route in &statics {
        route.used(ledger);
        if !self::route(route, ports, &mut out, ledger) {
            possible = possible.or(Some(route.line));
        }
    }
    if let Some(line) = possible {
        ledger.remark(
            line,
            Phrase::new(
                "routes are not those of one table alone: every route is taken to be possible",
                "経路が単一の静的経路表だけで決まらない。どの経路もありうるものとみなす",
            ),
        );
        return None;
    }
    (out.len() > connected && !ports.iter().any(|port| port.dynamic)).then_some(out)
}

trait SilentButRoutes {
    fn silent_but_routes(&self, ledger: &mut Ledger);
}

impl SilentButRoutes for Node<'_> {
    fn silent_but_routes(&self, ledger: &mut Ledger) {
        self.below.iter().filter(|key| key.word != "routing-table").for_each(|key| key.silent(ledger));
    }
}

/// Whether it is plain where a route leads.
fn route(route: &Node<'_>, ports: &[Port], out: &mut Vec<Route>, ledger: &mut Ledger) -> bool {
    let Some(to) = route.text("destination").and_then(net) else {
        route.lost(&Phrase::new("this route is not understood", "この経路は解釈できない"), ledger);
        return false;
    };
    let hop = route.get("nexthop");
    let mut push = |via: Option<String>| {
        out.push(Route {
            to: to.prefix(),
            via,
            fails: route.get("path-monitor").is_some(),
            origin: ledger.origin(route.line),
        });
    };
    if hop.is_some_and(|hop| hop.get("discard").is_some()) {
        push(None);
        return true;
    }
    if let Some(way) = route.text("interface") {
        if ports.iter().any(|port| port.name == way) {
            push(Some(way.to_owned()));
        }
        return true;
    }
    let address = hop.and_then(|hop| hop.text("ip-address").or_else(|| hop.text("ipv6-address")));
    let Some(address) = address.and_then(|word| word.split('/').next()?.parse::<IpAddr>().ok()) else { return false };
    let near = |port: &&Port| port.addresses.iter().any(|net| !net.is_single() && net.set().contains(address));
    let ways: Vec<&Port> = ports.iter().filter(near).collect();
    ways.iter().for_each(|port| push(Some(port.name.clone())));
    !ways.is_empty()
}
