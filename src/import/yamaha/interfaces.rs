//! Interfaces: addresses, VLANs, what is bridged, far ends of tunnels, who dials in.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use super::super::device::{Interface, Net, Tag};
use super::super::ledger::Ledger;
use super::super::switch::vlan as number_of;
use super::tree::Line;
use crate::language::Phrase;

/// The interfaces of a device.
#[derive(Default)]
pub struct Ways {
    /// Those that are up.
    pub interfaces: Vec<Interface>,
    /// Whether IPv6 runs on any.
    pub ipv6: bool,
    /// Ports and what they are parts of.
    pub members: Vec<(String, String)>,
    /// Interfaces that bridge several ports.
    pub bridges: Vec<String>,
    /// Of a bridge the tunnels in it: what goes there sees no filters of the bridge.
    pub past: HashMap<String, Vec<String>>,
    /// Interfaces that are switched off.
    pub down: Vec<String>,
}

/// Reads them.
pub fn read(lines: &[Line<'_>], ledger: &mut Ledger) -> Ways {
    let mut out = Ways::default();
    let mut peers: BTreeMap<u32, String> = BTreeMap::new();
    let mut of_tunnel: BTreeMap<String, u32> = BTreeMap::new();
    for line in lines {
        let number = line.line;
        match line.words[..] {
            ["pp" | "tunnel", "select", "none"] => {}
            ["pp" | "tunnel", "select", ..] => {
                let name = line.selected.clone().unwrap_or_default();
                let way = out.named(&name, number, ledger);
                if name.starts_with("tunnel") {
                    way.tunnel = Some(format!("vpn {name}"));
                } else if name == "pp anonymous" {
                    way.tunnel = Some("vpn clients".to_owned());
                } else {
                    way.dynamic = true;
                }
            }
            ["pp" | "tunnel", "disable", which] => {
                let name = format!("{}{which}", line.words[0]);
                out.down.push(name.clone());
                out.interfaces.retain(|way| way.name != name);
                ledger.used(number);
            }
            ["ip" | "ipv6", name, "address" | "secondary", ref rest @ ..] => {
                let Some(name) = line.interface(name) else { continue };
                out.ipv6 |= line.words[0] == "ipv6";
                let rest = rest.strip_prefix(&["address"]).unwrap_or(rest);
                let found = rest.first().and_then(|word| net(word, rest.get(1)));
                let dynamic = found.is_none();
                let way = out.named(&name, number, ledger);
                way.addresses.extend(found);
                // in `pp` the address of the interface is on no network of its own
                way.dynamic = dynamic || way.dynamic && way.addresses.iter().all(|net| net.is_single());
                ledger.used(number);
                if dynamic {
                    ledger.remark(
                        number,
                        Phrase::new("the address is not in the configuration", "アドレスは設定に書かれていない"),
                    );
                }
            }
            ["ipv6", name, "prefix", ref rest @ ..] => {
                let Some(name) = line.interface(name) else { continue };
                out.ipv6 = true;
                let found = rest.first().and_then(|word| net(word, None));
                let way = out.named(&name, number, ledger);
                way.dynamic |= found.is_none();
                way.addresses.extend(found);
                ledger.used(number);
            }
            // VRRP: the shared address is this device's too
            ["ip", name, "vrrp", _, address, ..] => {
                let Some(name) = line.interface(name) else { continue };
                if let Ok(address) = address.parse::<IpAddr>() {
                    out.named(&name, number, ledger).addresses.push(Net { address, length: 32 });
                }
                ledger.used(number);
            }
            ["vlan", name, "802.1q", ref rest @ ..] => {
                let vlan = rest.iter().find_map(|word| word.strip_prefix("vid=")).and_then(number_of);
                if let (Some((parent, _)), Some(vlan)) = (name.split_once('/'), vlan) {
                    let tag = Tag::On { parent: parent.to_owned(), vlan, native: false };
                    out.named(name, number, ledger).tag = Some(tag);
                    ledger.used(number);
                }
            }
            ["vlan", "port", "mapping", port, vlan] => {
                out.members.push((port.to_owned(), vlan.to_owned()));
                out.bridges.push(vlan.to_owned());
                ledger.used(number);
            }
            ["bridge", "member", bridge, ref parts @ ..] => {
                out.bridges.push(bridge.to_owned());
                for part in parts {
                    if part.starts_with("tunnel") {
                        out.past.entry(bridge.to_owned()).or_default().push((*part).to_owned());
                    } else {
                        out.members.push(((*part).to_owned(), bridge.to_owned()));
                    }
                }
                ledger.used(number);
            }
            ["ipsec", "ike", "remote", "address", gateway, peer] => {
                if let Ok(gateway) = gateway.parse() {
                    peers.insert(gateway, peer.to_owned());
                }
                ledger.used(number);
            }
            ["ipsec", "ike", "remote", "name", gateway, peer, ..] => {
                if let Ok(gateway) = gateway.parse() {
                    peers.entry(gateway).or_insert_with(|| peer.to_owned());
                }
                ledger.used(number);
            }
            // `ipsec sa policy ID GATEWAY …` within the tunnel
            ["ipsec", "sa", "policy", _, gateway, ..] => {
                if let (Some(name), Ok(gateway)) = (&line.selected, gateway.parse()) {
                    of_tunnel.insert(name.clone(), gateway);
                }
                ledger.used(number);
            }
            ["tunnel", "endpoint", "address", ref rest @ ..] => {
                if let (Some(name), Some(peer)) = (line.selected.clone(), rest.last()) {
                    out.named(&name, number, ledger).tunnel = Some(format!("vpn {peer}"));
                }
                ledger.used(number);
            }
            ["tunnel", "endpoint", "name", ref rest @ ..] => {
                if let (Some(name), Some(peer)) = (line.selected.clone(), rest.first()) {
                    out.named(&name, number, ledger).tunnel = Some(format!("vpn {peer}"));
                }
                ledger.used(number);
            }
            ["pp", "bind", ..] | ["pppoe", "use", ..] => ledger.used(number),
            ["lan", "type", name, ref rest @ ..] => {
                if rest.iter().any(|word| word.contains("divide-network")) {
                    out.bridges.retain(|known| known != name);
                }
                ledger.used(number);
            }
            ["lan", "shutdown", name, ..] => {
                out.down.push(name.to_owned());
                out.interfaces.retain(|way| way.name != name);
                ledger.used(number);
            }
            _ => {}
        }
    }
    // an interface that is only named by a filter, a translation or a route has an address that nobody told
    for line in lines {
        let (["ip" | "ipv6", name, "secure" | "nat", ..] | ["ip" | "ipv6", name, "mtu", ..]) = line.words[..] else {
            continue;
        };
        let Some(name) = line.interface(name) else { continue };
        if !out.down.contains(&name) && !out.interfaces.iter().any(|way| way.name == name) {
            out.named(&name, line.line, ledger).dynamic = true;
        }
    }
    for (name, gateway) in of_tunnel {
        let peer = peers.get(&gateway).filter(|peer| *peer != "any").cloned();
        if let (Some(way), Some(peer)) = (out.interfaces.iter_mut().find(|way| way.name == name), peer) {
            way.tunnel = Some(format!("vpn {peer}"));
        }
    }
    // the ports of a LAN are switched, unless each is a network of its own
    let lans: Vec<String> = out
        .interfaces
        .iter()
        .map(|way| way.name.clone())
        .filter(|name| name.starts_with("lan") && !name.contains(['.', '/']))
        .collect();
    out.bridges.extend(lans);
    out.bridges.sort();
    out.bridges.dedup();
    for way in &mut out.interfaces {
        way.internal = way.name.starts_with("loopback") || way.name.starts_with("null");
    }
    out
}

impl Ways {
    fn named(&mut self, name: &str, line: u32, ledger: &Ledger) -> &mut Interface {
        let at = self.interfaces.iter().position(|way| way.name == name).unwrap_or_else(|| {
            self.interfaces.push(Interface::new(name, ledger.origin(line)));
            self.interfaces.len() - 1
        });
        &mut self.interfaces[at]
    }
}

/// `192.168.0.1/24`, `192.168.0.1`, `2001:db8::1/64`, `192.168.0.1 255.255.255.0`; `None`: an address that is not told.
fn net(word: &str, mask: Option<&&str>) -> Option<Net> {
    if let Some((address, length)) = word.split_once('/') {
        let address: IpAddr = address.parse().ok()?;
        let length = length.parse().ok().or_else(|| super::super::set::mask_length(length.parse().ok()?))?;
        return (length <= if address.is_ipv4() { 32 } else { 128 }).then_some(Net { address, length });
    }
    let address: IpAddr = word.parse().ok()?;
    let length = mask.and_then(|mask| super::super::set::mask_length(mask.parse().ok()?));
    // without a mask, that of its class
    let class = match address {
        IpAddr::V4(address) if address.octets()[0] < 128 => 8,
        IpAddr::V4(address) if address.octets()[0] < 192 => 16,
        IpAddr::V4(_) => 24,
        IpAddr::V6(_) => 64,
    };
    Some(Net { address, length: length.unwrap_or(class) })
}
