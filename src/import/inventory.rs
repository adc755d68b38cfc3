//! Inventories and drawings: nodes, interfaces and links, never rules. What is not plainly something else is taken to
//! forward whatever comes, and a link to carry every VLAN: an inventory does not say what is stopped.

pub mod containerlab;
pub mod drawio;
pub mod gns3;
pub mod netbox;
pub mod rfc8345;

use std::collections::HashSet;

use super::Import;
use super::device::{Device, Interface, Join, Net};
use super::emit;
use super::ledger::Ledger;
use crate::language::Phrase;

/// What is being drawn.
#[derive(Default)]
struct Plan {
    devices: Vec<Device>,
    joins: Vec<Join>,
    taken: HashSet<String>,
}

impl Plan {
    /// A node of a name and a kind of the document; its number comes back.
    fn node(&mut self, name: &str, kind: &'static str, line: u32, ledger: &Ledger) -> usize {
        let base = emit::id_word(name);
        let base = if base.is_empty() { "node".to_owned() } else { base };
        let mut id = base.clone();
        let mut number = 2;
        while !self.taken.insert(id.clone()) {
            id = format!("{base} ({number})");
            number += 1;
        }
        self.devices.push(Device::new(id, kind, ledger.origin(line)));
        self.devices.len() - 1
    }

    /// An interface of a node. Where a name is borne already, as of a drawing without names, another one.
    fn way(&mut self, node: usize, name: &str, line: u32, ledger: &Ledger) -> String {
        let device = &mut self.devices[node];
        let base = if name.trim().is_empty() { "link" } else { name.trim() };
        let mut word = base.to_owned();
        let mut number = 2;
        while device.interface(&word).is_some() {
            word = format!("{base} ({number})");
            number += 1;
        }
        device.interfaces.push(Interface::new(word.clone(), ledger.origin(line)));
        word
    }

    fn address(&mut self, node: usize, way: &str, net: Net) {
        let ways = &mut self.devices[node].interfaces;
        if let Some(way) = ways.iter_mut().find(|known| known.name == way) {
            way.addresses.push(net);
        }
    }

    fn join(&mut self, a: (usize, String), b: (usize, String), line: u32, ledger: &Ledger) {
        let ends = [a, b].map(|(node, way)| (self.devices[node].id.clone(), way));
        // a cable from a node to itself leads nowhere
        if ends[0].0 != ends[1].0 {
            self.joins.push(Join { ends, origin: ledger.origin(line) });
        }
    }

    fn finish(self, ledger: &mut Ledger) -> Import {
        ledger.remark(
            0,
            Phrase::new(
                "an inventory has no rules: every node but plain hosts is taken to forward whatever comes, every link to carry every VLAN",
                "台帳や図には通信のルールがない。端末以外のノードはすべての通信を中継し、リンクはどの VLAN も運ぶものとみなす",
            ),
        );
        Import { devices: self.devices, joins: self.joins, ..Import::default() }
    }
}

/// What is told of a link whose end is not there.
fn no_end() -> Phrase {
    Phrase::new("an end of this link is not there; it was left out", "リンクの一端がない。取り込まない")
}
