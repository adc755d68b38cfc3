//! Ways from one VRF into another: static routes that leave by an interface of another one, route targets, replication,
//! policy routes that set a VRF, and a core of MPLS that carries several.
//!
//! The two VRFs are joined by a link. What filters stand at the interfaces of both are asked; a zone pair between them is
//! not, since it names interfaces of two nodes: in the attacker's favour it lets everything through.

use std::collections::{BTreeMap, BTreeSet};

use super::super::device::{Device, Interface, Join};
use super::super::ledger::Ledger;
use super::interfaces::Port;
use super::tree::Block;
use crate::language::Phrase;

/// A VRF; `None` is what is in none.
type Vrf = Option<String>;

/// Pairs of VRFs between which packets may go, each with the line that says so.
#[derive(Default)]
pub struct Leaks {
    pairs: BTreeMap<(Vrf, Vrf), u32>,
}

/// Reads them.
pub fn read(blocks: &[Block<'_>], ports: &[Port], ledger: &mut Ledger) -> Leaks {
    let mut out = Leaks::default();
    let of_port = |name: &str| ports.iter().find(|port| port.name == name).map(|port| port.vrf.clone());
    let mut targets: Vec<(String, String, bool, bool, u32)> = Vec::new();
    let mut receives: Vec<(Vrf, u32)> = Vec::new();
    for block in blocks {
        match block.words[..] {
            ["ip" | "ipv6", "route", "vrf", vrf, ref rest @ ..] => {
                let from = Some(vrf.to_owned());
                if rest.contains(&"global") {
                    out.add(from.clone(), None, block.line);
                    ledger.used(block.line);
                }
                rest.iter().filter_map(|word| of_port(word)).for_each(|to| out.add(from.clone(), to, block.line));
            }
            ["ip" | "ipv6", "route", ref rest @ ..] => {
                rest.iter().filter_map(|word| of_port(word)).for_each(|to| out.add(None, to, block.line));
            }
            ["vrf", "definition" | "context", vrf, ..] | ["ip", "vrf", vrf] | ["vrf", "instance", vrf] => {
                let mut open: Vec<&Block<'_>> = block.below.iter().collect();
                while let Some(line) = open.pop() {
                    open.extend(&line.below);
                    match line.words[..] {
                        ["route-target", way @ ("import" | "export" | "both"), target, ..] => {
                            let (import, export) = (way != "export", way != "import");
                            targets.push((vrf.to_owned(), target.to_owned(), import, export, line.line));
                            ledger.used(line.line);
                        }
                        ["import" | "export", "ipv4" | "ipv6" | "vrf", ..] => {
                            out.add(Some(vrf.to_owned()), None, line.line);
                            ledger.used(line.line);
                        }
                        ["route-replicate", "from", "vrf", other, ..] => {
                            let other = Some(other.to_owned()).filter(|other| other != "global");
                            out.add(Some(vrf.to_owned()), other, line.line);
                            ledger.used(line.line);
                        }
                        _ => {}
                    }
                }
            }
            ["interface", ..] => {
                for line in &block.below {
                    match line.words[..] {
                        ["ip" | "ipv6", "vrf", "receive", vrf, ..] => {
                            let of = super::ranges::names(&block.words[1..], blocks).unwrap_or_default();
                            of.iter().filter_map(|name| of_port(name)).for_each(|from| {
                                out.add(from, Some(vrf.to_owned()), line.line);
                            });
                            ledger.used(line.line);
                        }
                        ["ip", "vrf", "select", "source"] => ledger.used(line.line),
                        _ => {}
                    }
                }
            }
            // a route map that chooses the VRF: of whatever interface asks one
            ["route-map", ..] => {
                for line in &block.below {
                    match line.words[..] {
                        ["set", "vrf", vrf] | ["set", "ip" | "ipv6", "vrf", vrf, ..] => {
                            receives.push((Some(vrf.to_owned()), line.line));
                        }
                        ["set", "global"] | ["set", "ip" | "ipv6", "global", ..] => receives.push((None, line.line)),
                        ["set", "interface", ref names @ ..] => {
                            receives.extend(names.iter().filter_map(|name| of_port(name)).map(|to| (to, line.line)));
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    for (importing, target, ..) in targets.iter().filter(|(_, _, import, ..)| *import) {
        let exporting =
            targets.iter().filter(|(vrf, other, _, export, _)| *export && other == target && vrf != importing);
        for (exporting, _, _, _, line) in exporting {
            out.add(Some(importing.clone()), Some(exporting.clone()), *line);
        }
    }
    for (to, line) in &receives {
        let from: BTreeSet<&Vrf> = ports.iter().filter(|port| port.policy_routed).map(|port| &port.vrf).collect();
        from.into_iter().for_each(|from| out.add(from.clone(), to.clone(), *line));
    }
    // a core that carries VRFs to other devices
    let mut open: Vec<&Block<'_>> = blocks.iter().filter(|block| block.word(0) == "router").collect();
    while let Some(block) = open.pop() {
        open.extend(&block.below);
        if block.word(0) == "address-family" && matches!(block.word(1), "vpnv4" | "vpnv6" | "l2vpn") {
            for (vrf, ..) in &targets {
                out.add(Some(vrf.clone()), None, block.line);
            }
        }
    }
    for (from, to) in out.pairs.keys() {
        let word = |vrf: &Vrf| vrf.clone().unwrap_or_else(|| "global".to_owned());
        ledger.remark(
            out.pairs[&(from.clone(), to.clone())],
            Phrase::new(
                format!(
                    "leads from the VRF {} into {}: the two are joined, every route of both is taken to be possible",
                    word(from),
                    word(to)
                ),
                format!(
                    "VRF {} から {} への経路がある。両者をつなぎ、どの経路もありうるものとみなす",
                    word(from),
                    word(to)
                ),
            ),
        );
    }
    out
}

impl Leaks {
    fn add(&mut self, from: Vrf, to: Vrf, line: u32) {
        // a link goes both ways
        if from != to && !self.pairs.contains_key(&(to.clone(), from.clone())) {
            self.pairs.entry((from, to)).or_insert(line);
        }
    }

    /// The VRFs that one is joined to, and the interface of the link.
    #[must_use]
    pub fn of(&self, vrf: Option<&str>) -> Vec<(Vrf, String)> {
        let other = |(from, to): &(Vrf, Vrf)| match (from.as_deref() == vrf, to.as_deref() == vrf) {
            (true, _) => Some(to.clone()),
            (_, true) => Some(from.clone()),
            _ => None,
        };
        self.pairs.keys().filter_map(other).map(|other| (other.clone(), way(&other))).collect()
    }

    /// Joins the nodes of VRFs that have interfaces.
    pub fn join(&self, nodes: &mut [(Vrf, Device)], ledger: &Ledger) -> Vec<Join> {
        let mut out = Vec::new();
        for ((from, to), line) in &self.pairs {
            let at = |vrf: &Vrf| nodes.iter().position(|(known, _)| known == vrf);
            let (Some(a), Some(b)) = (at(from), at(to)) else { continue };
            let origin = ledger.origin(*line);
            let ends = [(a, way(to)), (b, way(from))].map(|(at, name)| {
                let device = &mut nodes[at].1;
                let mut interface = Interface::new(name.clone(), origin.clone());
                interface.dynamic = true;
                device.interfaces.push(interface);
                (device.routes, device.tabled) = (None, false);
                (device.id.clone(), name)
            });
            out.push(Join::new(ends, origin));
        }
        out
    }
}

/// The interface of a link into a VRF.
fn way(vrf: &Vrf) -> String {
    vrf.as_ref().map_or_else(|| "global".to_owned(), |vrf| format!("vrf {vrf}"))
}
