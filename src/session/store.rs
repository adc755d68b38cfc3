//! The document as a session keeps it: nodes and links that come and go, found by name and from each other.

use rustc_hash::FxHashMap as HashMap;

use super::asked::AskedOfNodes;
use super::mention::{Mention, for_each_mention, for_each_mention_of_rule, named_by_frame};
use crate::document::{Cidr, Document, Family, Filter, Link, NameId, Node, NodeDetails, Rule, Text};
use crate::model::{LinkId, ZoneNetworks, label_of};
use crate::number::{id_type, number, v4};

/// Number of a node in a session.
pub(super) type NodeNumber = u32;
id_type! {
    /// A link of a session. What comes takes the place of what went, so that these are the links of a document only as long as the
    /// session has that document.
    pub(super) struct LinkNumber;
}

impl LinkNumber {
    /// That of a link of the document that the session began with, or decides.
    pub fn of(link: LinkId) -> Self {
        Self(link.number())
    }

    /// The link of that document.
    pub fn in_document(self) -> LinkId {
        LinkId::new(self.index())
    }
}

/// What a node is, apart from what the document says.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Facts {
    /// Its explicit zone.
    pub zone: Option<u32>,
    /// Its label.
    pub label: Option<u32>,
    /// Whether it forwards.
    pub forwards: bool,
    /// How many of its links lead to nodes that forward.
    pub forwarder_links: u32,
}

/// A link and the nodes that it joins.
pub(super) struct StoredLink<'s> {
    pub link: Link<'s>,
    pub ends: [NodeNumber; 2],
    /// Number of its set of VLANs in [`Store::vlan_sets`].
    pub vlans: u32,
}

/// Who declares a single address.
pub(super) enum Holders {
    One(NodeNumber),
    Many(Vec<NodeNumber>),
}

impl Holders {
    pub fn list(&self) -> &[NodeNumber] {
        match self {
            Self::One(node) => std::slice::from_ref(node),
            Self::Many(nodes) => nodes,
        }
    }
}

/// Nodes, links and what is known of them.
pub(super) struct Store<'s> {
    /// The document without nodes and links.
    pub frame: Document<'s>,
    nodes: Vec<Option<Node<'s>>>,
    pub facts: Vec<Facts>,
    links: Vec<Option<StoredLink<'s>>>,
    /// The links of each node.
    at: Vec<Vec<LinkNumber>>,
    free_nodes: Vec<NodeNumber>,
    free_links: Vec<LinkNumber>,
    /// By name of the document; [`NONE`]: no node has this name.
    by_name: Vec<NodeNumber>,
    count: usize,
    /// How many nodes translate, and how many links have ends that differ in their VLANs.
    whole: u32,
    /// Whether nothing is to stand for the document.
    kept_whole: bool,
    by_link_id: HashMap<Text<'s>, LinkNumber>,
    /// Nodes by the single addresses they declare.
    v4: HashMap<u32, Holders>,
    v6: HashMap<u128, Holders>,
    /// How often names are mentioned: as `node:`, or as interface or neighbour.
    mentions: HashMap<NameId, u32>,
    /// How often the filters and routes of a node mention an interface or neighbour.
    interfaces: HashMap<(NodeNumber, NameId), u32>,
    zones: HashMap<NameId, u32>,
    networks: ZoneNetworks,
    pub asked: AskedOfNodes,
    /// The distinct sets of VLANs, as written, each with how many links have it.
    pub vlan_sets: Vec<(Option<Vec<(u16, u16)>>, u32)>,
    vlan_index: HashMap<Option<Vec<(u16, u16)>>, u32>,
}

impl<'s> Store<'s> {
    /// A store of no nodes; `zones` are the zone ids by index.
    pub fn new(mut frame: Document<'s>, zones: &[String], networks: ZoneNetworks, asked: AskedOfNodes) -> Self {
        let zones = (0_u32..).zip(zones).map(|(zone, id)| (frame.names.intern(id), zone)).collect();
        let mut store = Self {
            frame,
            nodes: Vec::new(),
            facts: Vec::new(),
            links: Vec::new(),
            at: Vec::new(),
            free_nodes: Vec::new(),
            free_links: Vec::new(),
            by_name: Vec::new(),
            count: 0,
            whole: 0,
            kept_whole: false,
            by_link_id: HashMap::default(),
            v4: HashMap::default(),
            v6: HashMap::default(),
            mentions: HashMap::default(),
            interfaces: HashMap::default(),
            zones,
            networks,
            asked,
            vlan_sets: Vec::new(),
            vlan_index: HashMap::default(),
        };
        for id in named_by_frame(&store.frame) {
            let id = store.frame.names.intern(&id);
            count(&mut store.mentions, id, true);
        }
        store
    }

    /// Makes room for so many.
    pub fn reserve(&mut self, nodes: usize, links: usize) {
        self.nodes.reserve(nodes);
        self.facts.reserve(nodes);
        self.at.reserve(nodes);
        self.by_name.resize(self.frame.names.len(), NONE);
        self.v4.reserve(nodes);
        self.links.reserve(links);
    }

    /// One more than the highest number of a node.
    pub fn node_numbers(&self) -> NodeNumber {
        number(self.nodes.len())
    }

    /// The numbers of links, among them those that are free.
    pub fn link_numbers(&self) -> impl Iterator<Item = LinkNumber> + use<> {
        (0..self.links.len()).map(LinkNumber::new)
    }

    /// How many nodes there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Whether only the whole document can be decided: some node translates addresses, or the ends of some link differ in their
    /// VLANs, so that who is alike elsewhere may not be.
    pub fn must_be_whole(&self) -> bool {
        self.whole > 0 || self.kept_whole
    }

    /// From now on nothing stands for the document.
    pub fn keep_whole(&mut self) {
        self.kept_whole = true;
    }

    /// The name of a zone, by index.
    pub fn zone_name(&self, zone: u32) -> Option<NameId> {
        self.zones.iter().find(|(_, known)| **known == zone).map(|(&name, _)| name)
    }

    /// The numbers of all nodes, ascending.
    pub fn all_nodes(&self) -> Vec<NodeNumber> {
        (0..self.node_numbers()).filter(|&node| self.node(node).is_some()).collect()
    }

    /// All links, ascending by their numbers.
    pub fn all_links(&self) -> impl Iterator<Item = (LinkNumber, &Link<'s>)> {
        self.link_numbers().zip(&self.links).filter_map(|(number, stored)| Some((number, &stored.as_ref()?.link)))
    }

    pub fn node(&self, node: NodeNumber) -> Option<&Node<'s>> {
        self.nodes[node as usize].as_ref()
    }

    /// The text of a name.
    pub fn text(&self, name: NameId) -> &str {
        self.frame.names.name(name)
    }

    /// Lends a node out; it must be given back.
    pub fn lend(&mut self, node: NodeNumber) -> Option<Node<'s>> {
        self.nodes[node as usize].take()
    }

    pub fn give_back(&mut self, at: NodeNumber, node: Node<'s>) {
        self.nodes[at as usize] = Some(node);
    }

    pub fn link(&self, link: LinkNumber) -> Option<&StoredLink<'s>> {
        self.links[link.index()].as_ref()
    }

    pub fn links_of(&self, node: NodeNumber) -> &[LinkNumber] {
        &self.at[node as usize]
    }

    /// The node at the other end of a link.
    pub fn other(&self, link: LinkNumber, node: NodeNumber) -> NodeNumber {
        self.link(link).map_or(node, |link| if link.ends[0] == node { link.ends[1] } else { link.ends[0] })
    }

    pub fn find(&self, id: &str) -> Option<NodeNumber> {
        self.named(self.frame.names.find(id)?)
    }

    /// The node of a name.
    pub fn named(&self, name: NameId) -> Option<NodeNumber> {
        self.by_name.get(name.index()).copied().filter(|&node| node != NONE)
    }

    pub fn link_by_id(&self, id: &str) -> Option<LinkNumber> {
        self.by_link_id.get(id).copied()
    }

    pub fn zone(&self, name: NameId) -> Option<u32> {
        self.zones.get(&name).copied()
    }

    pub fn is_mentioned(&self, name: NameId) -> bool {
        self.mentions.contains_key(&name)
    }

    /// Nodes that declare a single address.
    pub fn holders(&self, family: Family, address: u128) -> &[NodeNumber] {
        let holders = match family {
            Family::V4 => self.v4.get(&v4(address)),
            Family::V6 => self.v6.get(&address),
        };
        holders.map_or(&[], Holders::list)
    }

    /// Adds a node of a new id and of a known zone.
    pub fn add_node(&mut self, node: Node<'s>) -> NodeNumber {
        let zone = node.zone.and_then(|zone| self.zone(zone));
        let label = label_of(&node, zone, &self.networks);
        let facts = Facts { zone, label, forwards: node.is_forwarder(), forwarder_links: 0 };
        let at = self.free_nodes.pop().unwrap_or_else(|| {
            self.nodes.push(None);
            self.facts.push(Facts::default());
            self.at.push(Vec::new());
            number(self.nodes.len() - 1)
        });
        if self.by_name.len() <= node.id.index() {
            self.by_name.resize(self.frame.names.len(), NONE);
        }
        self.by_name[node.id.index()] = at;
        self.count += 1;
        for cidr in node.addresses.iter().filter(Cidr::is_single) {
            self.hold(&cidr, at);
        }
        self.mention_all(at, &node, true);
        self.whole += u32::from(super::translates(&node));
        self.facts[at as usize] = facts;
        self.nodes[at as usize] = Some(node);
        at
    }

    /// Takes a node without links out.
    pub fn remove_node(&mut self, at: NodeNumber) -> Option<Node<'s>> {
        let node = self.nodes[at as usize].take()?;
        self.by_name[node.id.index()] = NONE;
        self.count -= 1;
        for cidr in node.addresses.iter().filter(Cidr::is_single) {
            self.release(&cidr, at);
        }
        self.mention_all(at, &node, false);
        self.whole -= u32::from(super::translates(&node));
        self.free_nodes.push(at);
        Some(node)
    }

    fn hold(&mut self, cidr: &Cidr, node: NodeNumber) {
        let add = |holders: &mut Holders| match holders {
            Holders::One(first) => *holders = Holders::Many(vec![*first, node]),
            Holders::Many(all) => all.push(node),
        };
        match cidr.family {
            Family::V4 => {
                let address = v4(cidr.network);
                self.v4.entry(address).and_modify(add).or_insert(Holders::One(node));
            }
            Family::V6 => {
                self.v6.entry(cidr.network).and_modify(add).or_insert(Holders::One(node));
            }
        }
    }

    fn release(&mut self, cidr: &Cidr, node: NodeNumber) {
        // Whether nobody is left.
        let take = |holders: &mut Holders| match holders {
            Holders::One(_) => true,
            Holders::Many(all) => {
                if let Some(at) = all.iter().position(|&one| one == node) {
                    all.swap_remove(at);
                }
                all.is_empty()
            }
        };
        match cidr.family {
            Family::V4 => {
                let address = v4(cidr.network);
                if self.v4.get_mut(&address).is_some_and(take) {
                    self.v4.remove(&address);
                }
            }
            Family::V6 => {
                if self.v6.get_mut(&cidr.network).is_some_and(take) {
                    self.v6.remove(&cidr.network);
                }
            }
        }
    }

    /// Adds a link between known nodes.
    pub fn add_link(&mut self, link: Link<'s>, ends: [NodeNumber; 2]) -> LinkNumber {
        let set = link.vlans_of_both().map(|vlans| vlans.to_vec());
        let vlans = match self.vlan_index.get(&set) {
            Some(&known) => known,
            None => {
                self.vlan_sets.push((set.clone(), 0));
                self.vlan_index.insert(set, number(self.vlan_sets.len() - 1));
                number(self.vlan_sets.len() - 1)
            }
        };
        self.vlan_sets[vlans as usize].1 += 1;
        let at = self.free_links.pop().unwrap_or_else(|| {
            self.links.push(None);
            LinkNumber::new(self.links.len() - 1)
        });
        if let Some(id) = link.id() {
            self.by_link_id.insert(id.clone(), at);
        }
        for (end, other) in [(ends[0], ends[1]), (ends[1], ends[0])] {
            self.at[end as usize].push(at);
            self.facts[end as usize].forwarder_links += u32::from(self.facts[other as usize].forwards);
        }
        self.whole += u32::from(link.is_uneven());
        self.links[at.index()] = Some(StoredLink { link, ends, vlans });
        at
    }

    /// Takes a link out. O(links of its ends).
    pub fn remove_link(&mut self, at: LinkNumber) -> Option<StoredLink<'s>> {
        let stored = self.links[at.index()].take()?;
        let [a, b] = stored.ends;
        for (end, other) in [(a, b), (b, a)] {
            let list = &mut self.at[end as usize];
            if let Some(place) = list.iter().rposition(|&link| link == at) {
                list.swap_remove(place);
            }
            self.facts[end as usize].forwarder_links -= u32::from(self.facts[other as usize].forwards);
        }
        if let Some(id) = stored.link.id() {
            self.by_link_id.remove(id);
        }
        self.vlan_sets[stored.vlans as usize].1 -= 1;
        self.whole -= u32::from(stored.link.is_uneven());
        self.free_links.push(at);
        Some(stored)
    }

    fn mention(&mut self, by: NodeNumber, mention: Mention<'_, 's>, more: bool) {
        let (Mention::Node(text) | Mention::Interface(text)) = mention;
        let name = self.frame.names.intern(text);
        count(&mut self.mentions, name, more);
        if let Mention::Interface(_) = mention {
            count(&mut self.interfaces, (by, name), more);
        }
    }

    /// Whether the filters or routes of a node mention an interface or neighbour.
    pub fn mentions_interface(&self, node: NodeNumber, name: NameId) -> bool {
        self.interfaces.contains_key(&(node, name))
    }

    fn mention_all(&mut self, at: NodeNumber, node: &Node<'s>, more: bool) {
        if let Some(details) = &node.details {
            for_each_mention(details, &mut |mention| self.mention(at, mention, more));
        }
    }

    /// What only few nodes declare, of a node, to be changed. Nothing that mentions names may come; what goes is still taken for
    /// mentioned, which costs time only.
    pub fn details_mut(&mut self, at: NodeNumber) -> Option<&mut NodeDetails<'s>> {
        self.nodes[at as usize].as_mut()?.details.as_deref_mut()
    }

    fn filter(&mut self, at: NodeNumber, filter: usize) -> Option<&mut Filter<'s>> {
        let details = self.nodes[at as usize].as_mut()?.details.as_deref_mut()?;
        details.filters.as_mut()?.get_mut(filter)
    }

    /// The rules of a filter of a node.
    pub fn rules(&self, at: NodeNumber, filter: usize) -> Option<&[Rule<'s>]> {
        let details = self.node(at)?.details.as_deref()?;
        details.filters.as_ref()?.get(filter).map(|filter| filter.rules.as_slice())
    }

    /// Puts a rule before the rule at `place`, or behind the last one; whether there is such a place.
    pub fn insert_rule(&mut self, at: NodeNumber, filter: usize, place: usize, rule: Rule<'s>) -> bool {
        if self.rules(at, filter).is_none_or(|rules| place > rules.len()) {
            return false;
        }
        for_each_mention_of_rule(&rule, &mut |mention| self.mention(at, mention, true));
        if let Some(filter) = self.filter(at, filter) {
            filter.rules.insert(place, rule);
        }
        true
    }

    /// Takes a rule out.
    pub fn remove_rule(&mut self, at: NodeNumber, filter: usize, place: usize) -> Option<Rule<'s>> {
        self.rules(at, filter)?.get(place)?;
        let rule = self.filter(at, filter)?.rules.remove(place);
        for_each_mention_of_rule(&rule, &mut |mention| self.mention(at, mention, false));
        Some(rule)
    }
}

/// Stands for "no node" in [`Store::by_name`].
const NONE: NodeNumber = NodeNumber::MAX;

fn count<K: std::hash::Hash + Eq>(counts: &mut HashMap<K, u32>, key: K, more: bool) {
    if more {
        *counts.entry(key).or_default() += 1;
    } else if let Some(count) = counts.get_mut(&key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(&key);
        }
    }
}
