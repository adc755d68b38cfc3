//! A packet out of a region, as people would write one.

use rustc_hash::FxHashMap as HashMap;

use super::cover::{IN, Region};
use super::list::Lines;
use crate::document::protocol_word;
use crate::engine::packet::{Wanted, number};
use crate::header::{AddressAtom, Range, Ranges, SERVICE, SOURCE_PORT};
use crate::model::{Model, address_text, service_of_number};
use crate::report::Packet;
use crate::report::rules::Example;

/// Chooses packets.
pub(super) struct Examples<'m, 'd> {
    model: &'m Model<'d>,
    /// For each class of symbolic addresses, the first node that bears one.
    symbolic: HashMap<u32, u32>,
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
        Self { model, symbolic }
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
        let document = self.model.document;
        let ends = document.links.iter().flat_map(|link| [0, 1].map(|end| (link, end)));
        let here = ends.filter(|(link, end)| document.name(link.ends[*end]) == self.model.id(node));
        let mut names = here.map(|(link, end)| document.name(link.interface_or_neighbour(end)));
        let name = names.find(|name| u32::from(interfaces.get(name)) == number).or_else(|| interfaces.name(number));
        Some(name.map_or_else(|| "*".to_owned(), str::to_owned))
    }
}
