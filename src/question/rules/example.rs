//! A packet out of a region, as people would write one.

use std::cell::RefCell;

use rustc_hash::FxHashMap as HashMap;

use super::cover::{IN, Region};
use super::list::Lines;
use crate::document::protocol_word;
use crate::engine::packet::{Wanted, number};
use crate::header::{AddressAtom, Range, Ranges, SERVICE, SOURCE_PORT};
use crate::model::{Interface, Model, address_text, service_of_number};
use crate::report::Packet;
use crate::report::rules::Example;

/// Chooses packets.
pub(super) struct Examples<'m, 'd> {
    model: &'m Model<'d>,
    /// For each class of symbolic addresses, the first node that bears one.
    symbolic: HashMap<u32, u32>,
    /// For each node that was asked about, the first interface of its links by number.
    linked: RefCell<HashMap<u32, HashMap<u32, &'d str>>>,
}

impl<'m, 'd> Examples<'m, 'd> {
    pub fn new(model: &'m Model<'d>) -> Self {
        let mut symbolic = HashMap::default();
        for (node, class) in model.symbolic_nodes() {
            let first = symbolic.entry(class).or_insert(node);
            if model.labels.endpoint[node as usize] && !model.labels.endpoint[*first as usize] {
                *first = node;
            }
        }
        Self { model, symbolic, linked: RefCell::default() }
    }

    /// A packet of a region of a node's list.
    pub fn of(&self, node: u32, region: &Region, lines: &Lines) -> Option<Example> {
        let spaces = &self.model.spaces;
        let all = |set: &Ranges| Some(Range::new(set.as_slice().first()?.low, set.as_slice().last()?.high));
        let service = number(&spaces.service, &region[SERVICE], all(&region[SERVICE])?, Wanted::Service)?;
        let (protocol, destination_port) = service_of_number(service);
        let source_port = match destination_port {
            None => None,
            Some(_) => {
                let ports = &region[SOURCE_PORT];
                let port = number(&spaces.source_port, ports, all(ports)?, Wanted::SourcePort)?;
                Some(u16::try_from(port.checked_sub(1)?).ok()?)
            }
        };
        let packet = Packet {
            source: self.address(&region[0])?,
            destination: self.address(&region[1])?,
            protocol: protocol_word(protocol),
            source_port,
            destination_port,
        };
        let side = |line: usize| self.interface(node, region[line].as_slice().first()?.low, lines);
        Some(Example { packet, r#in: side(IN), out: side(IN + 1) })
    }

    /// The plainest address of a set.
    fn address(&self, set: &Ranges) -> Option<String> {
        let first = set.as_slice().first()?;
        match self.model.spaces.address.atom(first.low) {
            AddressAtom::Symbolic(class) => Some(format!("⟨{}⟩", self.model.id(*self.symbolic.get(&class)?))),
            AddressAtom::Addresses(run) => {
                // The first address of a network is seldom a host.
                let next = run.low + u128::from(run.low & 0xff == 0 && run.low < run.high);
                Some(address_text(run.family, next))
            }
        }
    }

    /// The name of an interface by number.
    fn interface(&self, node: u32, number: u32, lines: &Lines) -> Option<String> {
        let own = lines.own?;
        if number == own {
            return None;
        }
        let interfaces = self.model.interfaces.get(&node)?;
        let mut linked = self.linked.borrow_mut();
        let first = linked.entry(node).or_insert_with(|| self.first_by_number(node, interfaces));
        let name = first.get(&number).copied().or_else(|| interfaces.name(number));
        Some(name.map_or_else(|| "*".to_owned(), str::to_owned))
    }

    /// The first interface of a node's links by number.
    fn first_by_number(&self, node: u32, interfaces: &Interface<'d>) -> HashMap<u32, &'d str> {
        let document = self.model.document;
        let mut out = HashMap::default();
        for (link, ends) in document.links.iter().zip(&self.model.names.links) {
            for end in (0..2).filter(|&end| ends[end] == node) {
                let name = document.name(link.interface_or_neighbour(end));
                out.entry(u32::from(interfaces.get(name))).or_insert(name);
            }
        }
        out
    }
}
