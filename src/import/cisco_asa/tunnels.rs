//! Tunnels: crypto maps, and whoever dials in. What comes out of one passes the lists of the interface it came by unseen, as
//! long as `sysopt connection permit-vpn` holds, which it does unless it is switched off.

use std::sync::Arc;

use super::super::cisco_ios::tree::Block;
use super::super::device::{Device, Filter, Interface, Rule};
use super::super::ledger::Ledger;
use super::interfaces::Port;
use super::lists::Lists;

/// A tunnel at an interface.
pub struct Tunnel {
    /// The name of the interface that stands for it.
    pub name: String,
    /// The interface that it is at.
    pub port: String,
    /// The far end.
    peer: String,
    /// What goes through; `None`: anything.
    rules: Option<Vec<Arc<Rule>>>,
    line: u32,
}

/// Reads them.
pub fn read(blocks: &[Block<'_>], lists: &Lists, named: &[&Port], ledger: &mut Ledger) -> Vec<Tunnel> {
    let mut out: Vec<Tunnel> = Vec::new();
    for block in blocks {
        let ["crypto", "map", map, "interface", port] = block.words[..] else { continue };
        ledger.used(block.line);
        if !named.iter().any(|known| known.name.as_deref() == Some(port)) {
            continue;
        }
        let of_map: Vec<&Block<'_>> = blocks
            .iter()
            .filter(|block| block.starts(&["crypto", "map", map]) && block.word(3).parse::<u32>().is_ok())
            .collect();
        let mut numbers: Vec<&str> = of_map.iter().map(|block| block.word(3)).collect();
        numbers.dedup();
        for number in numbers {
            let lines: Vec<&&Block<'_>> = of_map.iter().filter(|block| block.word(3) == number).collect();
            let (mut peers, mut rules) = (Vec::new(), None);
            let mut first = block.line;
            for line in &lines {
                match line.words[4..] {
                    ["set", "peer", ref found @ ..] => {
                        peers.extend(found.iter().map(|peer| (*peer).to_owned()));
                        first = line.line;
                        ledger.used(line.line);
                    }
                    ["match", "address", list] => {
                        rules = lists.get(list).cloned();
                        ledger.used(line.line);
                    }
                    _ => {}
                }
            }
            if peers.is_empty() {
                // a dynamic map: whoever calls
                peers.push(format!("{map} {number}"));
                rules = None;
            }
            for peer in peers {
                let name = format!("ipsec {peer}");
                match out.iter_mut().find(|known| known.name == name) {
                    // two entries to one peer: anything may go
                    Some(known) => known.rules = None,
                    None => out.push(Tunnel { name, port: port.to_owned(), peer, rules: rules.clone(), line: first }),
                }
            }
        }
    }
    let kinds = ["remote-access", "ipsec-ra", "webvpn"];
    let enables =
        |block: &&Block<'_>| block.word(0) == "webvpn" && block.below.iter().any(|line| line.word(0) == "enable");
    let dials = blocks
        .iter()
        .find(|block| block.word(0) == "tunnel-group" && block.word(2) == "type" && kinds.contains(&block.word(3)))
        // the device has groups of its own
        .or_else(|| blocks.iter().find(enables));
    if let Some(block) = dials {
        ledger.used(block.line);
        let enabled = blocks.iter().filter(|block| block.word(0) == "webvpn").flat_map(|block| &block.below);
        let enabled = enabled.filter(|line| line.word(0) == "enable").map(|line| line.word(1));
        let mapped = blocks.iter().filter(|block| block.starts(&["crypto", "map"]) && block.word(3) == "interface");
        let mut ports: Vec<&str> = enabled.chain(mapped.map(|block| block.word(4))).collect();
        ports.sort_unstable();
        ports.dedup();
        for port in ports.into_iter().filter(|port| named.iter().any(|known| known.name.as_deref() == Some(*port))) {
            out.push(Tunnel {
                name: format!("remote access {port}"),
                port: port.to_owned(),
                peer: "clients".to_owned(),
                rules: None,
                line: block.line,
            });
        }
    }
    let off = blocks.iter().find(|block| block.starts(&["no", "sysopt", "connection", "permit-vpn"]));
    if let Some(block) = off {
        ledger.used(block.line);
        ledger.remark(
            block.line,
            crate::language::Phrase::new(
                "the lists of interfaces are asked for what comes out of tunnels; taken to stop nothing there",
                "トンネルから出た通信にもインターフェースのリストが適用されるが、何も止めないものとみなす",
            ),
        );
    }
    out
}

/// Adds them to a device: interfaces, and filters of what goes through.
pub fn add(tunnels: &[Tunnel], device: &mut Device, ledger: &Ledger) {
    for Tunnel { name, peer, rules, line, .. } in tunnels {
        let origin = ledger.origin(*line);
        let mut way = Interface::new(name.clone(), origin.clone());
        way.tunnel = Some(format!("vpn {peer}"));
        device.interfaces.push(way);
        device.routes = None;
        let Some(rules) = rules else { continue };
        for inward in [false, true] {
            let mut filter =
                Filter::new(format!("{name} {}", if inward { "in" } else { "out" }), false, origin.clone());
            filter.default_id = "not for this tunnel".into();
            filter.stateful = true;
            filter.rules.clone_from(rules);
            if inward {
                for rule in filter.rules.iter_mut().map(Arc::make_mut) {
                    std::mem::swap(&mut rule.from, &mut rule.to);
                    for services in &mut rule.services {
                        std::mem::swap(&mut services.source, &mut services.destination);
                    }
                }
            }
            filter.at_side(vec![name.clone()], inward, true);
            device.filters.push(filter);
        }
    }
}
