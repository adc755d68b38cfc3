//! Which classes a selector of a relay or an exception selects, found by index and not class by class: what thousands
//! of selectors select costs no more than what there is of it.

use std::rc::Rc;

use rustc_hash::FxHashMap as HashMap;

use crate::document::{Kind, SelectorItem, Spanned};
use crate::header::Ranges;
use crate::model::{HoldingId, Model};
use crate::network::{ClassId, Network};

/// An item that looks at nodes, by what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeItem<'d> {
    /// `any`
    Any,
    /// `node:`
    Node(u32),
    /// `zone:`
    Zone(u32),
    /// `kind:`
    Kind(Kind),
    /// `tag:`
    Tag(&'d str),
}

/// The items of a selector that look at nodes, by what they mean: sorted, each once; [`NodeItem::Any`] stands alone.
#[must_use]
pub fn node_items<'d>(model: &Model<'d>, items: &'d [Spanned<SelectorItem<'d>>]) -> Vec<NodeItem<'d>> {
    let meaning = |item: &'d Spanned<SelectorItem<'d>>| match &item.value {
        SelectorItem::Any => Some(NodeItem::Any),
        SelectorItem::Node(id) => model.names.node(id).map(NodeItem::Node),
        SelectorItem::Zone(id) => model.names.zone(id).map(NodeItem::Zone),
        SelectorItem::Kind(kind) => Some(NodeItem::Kind(*kind)),
        SelectorItem::Tag(tag) => Some(NodeItem::Tag(tag)),
        SelectorItem::Addresses(_) | SelectorItem::Group(_) | SelectorItem::Fqdn(_) | SelectorItem::Not(_) => None,
    };
    let mut out: Vec<NodeItem<'_>> = items.iter().filter_map(meaning).collect();
    out.sort_unstable();
    out.dedup();
    if out.contains(&NodeItem::Any) { vec![NodeItem::Any] } else { out }
}

/// The classes of a network by what selectors look at.
pub struct Selected<'a, 'd> {
    model: &'a Model<'d>,
    network: &'a Network,
    /// Classes by zone, kind and tag, ascending; `None`: nobody asked yet.
    by_item: Option<HashMap<NodeItem<'d>, Vec<ClassId>>>,
    known: HashMap<Vec<NodeItem<'d>>, Rc<[ClassId]>>,
}

impl<'a, 'd> Selected<'a, 'd> {
    /// The classes of a network.
    #[must_use]
    pub fn new(model: &'a Model<'d>, network: &'a Network) -> Self {
        Self { model, network, by_item: None, known: HashMap::default() }
    }

    /// The model.
    #[must_use]
    pub const fn model(&self) -> &'a Model<'d> {
        self.model
    }

    /// The classes that items which look at nodes select, ascending. O(their number), once.
    pub fn classes(&mut self, items: &[NodeItem<'d>]) -> Rc<[ClassId]> {
        if let Some(known) = self.known.get(items) {
            return Rc::clone(known);
        }
        let mut out: Vec<ClassId> = Vec::new();
        for item in items {
            match item {
                NodeItem::Any => out.extend(self.network.classes.ids()),
                NodeItem::Node(node) => out.extend(self.network.classes.of_node[*node as usize]),
                NodeItem::Zone(_) | NodeItem::Kind(_) | NodeItem::Tag(_) => {
                    let (model, network) = (self.model, self.network);
                    let by_item = self.by_item.get_or_insert_with(|| index(model, network));
                    out.extend(by_item.get(item).into_iter().flatten());
                }
            }
        }
        out.sort_unstable();
        out.dedup();
        let out: Rc<[ClassId]> = out.into();
        self.known.insert(items.to_vec(), Rc::clone(&out));
        out
    }
}

/// Classes by zone, kind and tag of their members, which are alike in these.
fn index<'d>(model: &Model<'d>, network: &Network) -> HashMap<NodeItem<'d>, Vec<ClassId>> {
    let mut out: HashMap<NodeItem<'_>, Vec<ClassId>> = HashMap::default();
    for class in network.classes.ids() {
        let node = network.classes.get(class).members[0] as usize;
        let value = &model.document.nodes[node];
        let zone = model.labels.labels[node].map(NodeItem::Zone);
        let tags = value.tags.iter().map(|tag| NodeItem::Tag(tag));
        for item in zone.into_iter().chain([NodeItem::Kind(value.kind)]).chain(tags) {
            out.entry(item).or_default().push(class);
        }
    }
    out
}

/// Classes by the atoms that they hold.
pub struct Holders {
    /// Atom and class, sorted, of classes that hold few atoms.
    by_atom: Vec<(u32, ClassId)>,
    /// Classes that hold many, ascending.
    wide: Vec<(ClassId, HoldingId)>,
}

/// A class that holds more atoms than this is looked at whatever is asked.
const FEW: u32 = 8;

impl Holders {
    /// The holders of the holdings that `of` names of each class.
    pub fn new<I: IntoIterator<Item = HoldingId>>(
        model: &Model<'_>,
        network: &Network,
        of: impl Fn(ClassId) -> I,
    ) -> Self {
        let mut out = Self { by_atom: Vec::new(), wide: Vec::new() };
        for class in network.classes.ids() {
            for holding in of(class) {
                let parts = model.holdings.get(holding).as_slice();
                if parts.iter().map(|part| part.high - part.low + 1).sum::<u32>() > FEW {
                    out.wide.push((class, holding));
                } else {
                    let atoms = parts.iter().flat_map(|part| part.low..=part.high);
                    out.by_atom.extend(atoms.map(|atom| (atom, class)));
                }
            }
        }
        out.by_atom.sort_unstable();
        out
    }

    /// The classes that hold some atom of a set, ascending. O(their number, ranges of the set, wide holders).
    #[must_use]
    pub fn touching(&self, model: &Model<'_>, set: &Ranges) -> Vec<ClassId> {
        let mut out: Vec<ClassId> = Vec::new();
        for range in set.as_slice() {
            let first = self.by_atom.partition_point(|&(atom, _)| atom < range.low);
            let within = self.by_atom[first..].iter().take_while(|(atom, _)| *atom <= range.high);
            out.extend(within.map(|&(_, class)| class));
        }
        let touches = |holding: HoldingId| set.as_slice().iter().any(|&part| model.holdings.get(holding).touches(part));
        out.extend(self.wide.iter().filter(|(_, holding)| touches(*holding)).map(|&(class, _)| class));
        out.sort_unstable();
        out.dedup();
        out
    }
}
