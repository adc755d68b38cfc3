//! Selectors as sets of addresses, real and symbolic. Spec, section 3, last three paragraphs.

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use std::rc::Rc;

use super::addresses::{NodeFacts, Ownership};
use crate::document::{Action, AddressRange, Family, SelectorItem, Spanned};
use crate::header::{Range, Ranges};
use crate::number::number;

/// A set of addresses, and of classes of symbolic addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct AddressSet {
    /// Sorted, disjoint, non-adjacent within a family.
    pub ranges: Vec<AddressRange>,
    /// Classes of symbolic addresses.
    pub symbolic: Ranges,
}

impl AddressSet {
    fn new(mut ranges: Vec<AddressRange>, symbolic: Vec<Range>) -> Self {
        ranges.sort_unstable();
        let mut merged: Vec<AddressRange> = Vec::with_capacity(ranges.len());
        for range in ranges {
            match merged.last_mut() {
                Some(last)
                    if last.family == range.family && last.high.checked_add(1).is_none_or(|next| range.low <= next) =>
                {
                    last.high = last.high.max(range.high);
                }
                _ => merged.push(range),
            }
        }
        Self { ranges: merged, symbolic: Ranges::from_unsorted(symbolic) }
    }

    /// Every address that is not in it, symbolic ones among them.
    #[must_use]
    fn complement(&self, symbolic: &SymbolicClasses) -> Self {
        let mut gaps = Vec::new();
        for family in [Family::V4, Family::V6] {
            let all = AddressRange::all(family);
            let mut low = Some(all.low);
            for range in self.ranges.iter().filter(|range| range.family == family) {
                if let Some(from) = low.filter(|&from| from < range.low) {
                    gaps.push(AddressRange { family, low: from, high: range.low - 1 });
                }
                low = range.high.checked_add(1).filter(|&next| next <= all.high);
            }
            gaps.extend(low.map(|low| AddressRange { family, low, high: all.high }));
        }
        let all = Ranges::from_unsorted(symbolic.all());
        Self { ranges: gaps, symbolic: all.subtract(&self.symbolic) }
    }

    /// Every address, symbolic ones among them.
    #[must_use]
    pub fn everything(symbolic: &SymbolicClasses) -> Self {
        Self::new(vec![AddressRange::all(Family::V4), AddressRange::all(Family::V6)], symbolic.all())
    }
}

/// What a selector is for: how guesses about symbolic addresses go, and what `node:` means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// A rule.
    Rule(Action),
    /// The address items of a relay's selector; the others look at the peer node.
    Relay,
    /// The address items of an exception's selector; the others look at nodes, and so do these, without guesses.
    Exception,
}

impl Purpose {
    /// Whether `any`, `node:` and `zone:` items count as addresses.
    const fn names_nodes_by_address(self) -> bool {
        matches!(self, Self::Rule(_))
    }

    /// What decides of the items of a negation: what is not surely one of them may be another.
    const fn of_negated(self) -> Self {
        match self {
            Self::Rule(Action::Permit) => Self::Rule(Action::Deny),
            Self::Rule(Action::Deny) => Self::Rule(Action::Permit),
            Self::Relay | Self::Exception => self,
        }
    }

    /// Whether a symbolic address that might lie in the set is taken to do so.
    const fn guesses(self) -> bool {
        matches!(self, Self::Rule(Action::Permit) | Self::Relay)
    }
}

/// Symbolic addresses that all rules treat alike, as classes.
#[derive(Clone, Debug, Default)]
pub struct SymbolicClasses {
    /// Zone, and the node where a rule names it, of each class.
    classes: Vec<(Option<u32>, Option<u32>)>,
    index: HashMap<(Option<u32>, Option<u32>), u32>,
    /// Classes of nodes that no rule names, by label (0: none).
    by_label: Vec<Option<u32>>,
    /// Nodes that rules name.
    named: HashSet<u32>,
}

impl SymbolicClasses {
    /// No classes yet; `named` are the nodes that rules name.
    #[must_use]
    pub fn new(named: HashSet<u32>) -> Self {
        Self { named, ..Self::default() }
    }

    /// The class of the symbolic address of a node.
    pub fn class(&mut self, node: u32, label: Option<u32>) -> u32 {
        let named = self.named.contains(&node);
        let at = label.map_or(0, |zone| zone as usize + 1);
        if !named && let Some(&Some(known)) = self.by_label.get(at) {
            return known;
        }
        let class = self.new_class((label, named.then_some(node)));
        if !named {
            self.by_label.resize(self.by_label.len().max(at + 1), None);
            self.by_label[at] = Some(class);
        }
        class
    }

    fn new_class(&mut self, key: (Option<u32>, Option<u32>)) -> u32 {
        let next = number(self.classes.len());
        *self.index.entry(key).or_insert_with(|| {
            self.classes.push(key);
            next
        })
    }

    /// Number of classes.
    #[must_use]
    pub fn count(&self) -> u32 {
        number(self.classes.len())
    }

    fn all(&self) -> Vec<Range> {
        if self.classes.is_empty() { Vec::new() } else { vec![Range::new(0, self.count() - 1)] }
    }

    fn having(&self, condition: impl Fn(Option<u32>, Option<u32>) -> bool) -> Vec<Range> {
        let matching = (0_u32..).zip(&self.classes).filter(|(_, (zone, node))| condition(*zone, *node));
        matching.map(|(class, _)| Range::new(class, class)).collect()
    }
}

/// Turns selectors into sets.
pub struct SelectorReader<'a, 'd> {
    facts: &'a NodeFacts<'a, 'd>,
    ownership: &'a Ownership,
    symbolic: &'a SymbolicClasses,
    /// Nodes by label, once a selector asked for a zone.
    by_zone: Option<Rc<Vec<Vec<u32>>>>,
    cache: HashMap<(Purpose, Key), Rc<AddressSet>>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Node(u32),
    Zone(u32),
    Group(u32),
    HostName(u32),
}

impl<'a, 'd> SelectorReader<'a, 'd> {
    /// A reader of this document's selectors.
    #[must_use]
    pub fn new(facts: &'a NodeFacts<'a, 'd>, ownership: &'a Ownership, symbolic: &'a SymbolicClasses) -> Self {
        Self { facts, ownership, symbolic, by_zone: None, cache: HashMap::default() }
    }

    fn by_zone(&mut self) -> Rc<Vec<Vec<u32>>> {
        let facts = self.facts;
        let known = self.by_zone.get_or_insert_with(|| {
            let mut by_zone = vec![Vec::new(); facts.names.zones.len()];
            for (node, label) in (0_u32..).zip(facts.labels) {
                if let Some(zone) = label {
                    by_zone[*zone as usize].push(node);
                }
            }
            Rc::new(by_zone)
        });
        Rc::clone(known)
    }

    /// Every address.
    #[must_use]
    pub fn everything(&self) -> AddressSet {
        AddressSet::everything(self.symbolic)
    }

    /// Whether this is a single address that no node declares as such.
    #[must_use]
    pub fn is_undeclared_single(&self, range: &AddressRange) -> bool {
        range.is_single() && !self.ownership.is_declared(range.family, range.low)
    }

    /// The addresses of a translation's target, without guesses: CIDRs, ranges, and A(n) of nodes.
    pub fn target(&mut self, items: &[Spanned<SelectorItem<'_>>]) -> AddressSet {
        let (mut ranges, mut symbolic) = (Vec::new(), Vec::new());
        for item in items {
            match &item.value {
                SelectorItem::Addresses(range) => ranges.push(*range),
                SelectorItem::Node(id) => {
                    let Some(node) = self.facts.names.node(id) else { continue };
                    ranges.extend(self.facts.entries(node).iter().map(|entry| entry.cidr.range()));
                    symbolic.extend(self.symbolic.having(|_, named| named == Some(node)));
                }
                _ => {}
            }
        }
        AddressSet::new(ranges, symbolic)
    }

    /// The set that a list of selector items means.
    pub fn set(&mut self, items: &[Spanned<SelectorItem<'_>>], purpose: Purpose) -> AddressSet {
        let (mut ranges, mut symbolic) = (Vec::new(), Vec::new());
        for item in items {
            if matches!(item.value, SelectorItem::Any) && purpose.names_nodes_by_address() {
                return AddressSet::everything(self.symbolic);
            }
            self.add(&item.value, purpose, &mut ranges, &mut symbolic);
        }
        AddressSet::new(ranges, symbolic)
    }

    fn add(
        &mut self,
        item: &SelectorItem<'_>,
        purpose: Purpose,
        ranges: &mut Vec<AddressRange>,
        symbolic: &mut Vec<Range>,
    ) {
        let names = self.facts.names;
        let key = match item {
            SelectorItem::Addresses(range) => {
                ranges.push(*range);
                // SOUNDNESS: an address nobody declared might be anybody's; the guess goes to the attacker.
                if purpose.guesses() && (!range.is_single() || self.is_undeclared_single(range)) {
                    symbolic.extend(self.symbolic.all());
                }
                return;
            }
            SelectorItem::Node(id) if purpose.names_nodes_by_address() => names.node(id).map(Key::Node),
            SelectorItem::Zone(id) if purpose.names_nodes_by_address() => names.zone(id).map(Key::Zone),
            SelectorItem::Group(name) => names.group(name).map(Key::Group),
            SelectorItem::Fqdn(name) => {
                let known = names.host_name(name).map(Key::HostName);
                // SOUNDNESS: a name that stands for nobody knows what may stand for any address.
                if known.is_none() && purpose.guesses() && !sabotaged!(TrustsUnknownNames) {
                    ranges.extend([Family::V4, Family::V6].map(AddressRange::all));
                    symbolic.extend(self.symbolic.all());
                }
                known
            }
            SelectorItem::Not(items) => {
                // trees of the document are at most 64 deep, and so is this recursion
                let of_items = if sabotaged!(NegatesAlike) { purpose } else { purpose.of_negated() };
                let rest = self.set(items, of_items).complement(self.symbolic);
                ranges.extend(rest.ranges);
                symbolic.extend(rest.symbolic.as_slice());
                return;
            }
            _ => None,
        };
        if let Some(key) = key {
            let set = self.named(purpose, key);
            ranges.extend(&set.ranges);
            symbolic.extend(set.symbolic.as_slice());
        }
    }

    fn named(&mut self, purpose: Purpose, key: Key) -> Rc<AddressSet> {
        if let Some(set) = self.cache.get(&(purpose, key.clone())) {
            return Rc::clone(set);
        }
        let set = match key {
            // Groups are free of cycles and nest at most 64 deep (see `names`), and so does this recursion.
            Key::Group(group) => {
                let document = self.facts.document;
                self.set(&document.groups[group as usize].items, purpose)
            }
            // What host names stand for are addresses, nodes and groups.
            Key::HostName(known) => {
                let document = self.facts.document;
                self.set(&document.host_names[known as usize].items, purpose)
            }
            Key::Node(node) => self.node(node, purpose),
            Key::Zone(zone) => self.zone(zone, purpose),
        };
        let set = Rc::new(set);
        self.cache.insert((purpose, key), Rc::clone(&set));
        set
    }

    /// `node:n`
    fn node(&self, node: u32, purpose: Purpose) -> AddressSet {
        let own = self.symbolic.having(|_, named| named == Some(node));
        let entries = self.facts.entries(node);
        if purpose == Purpose::Rule(Action::Deny) {
            return AddressSet::new(self.ownership.surely(self.facts, node), own);
        }
        let ranges: Vec<AddressRange> = entries.iter().map(|entry| entry.cidr.range()).collect();
        let guess = ranges.iter().any(|range| !range.is_single() || self.is_undeclared_single_of_zone(range));
        AddressSet::new(ranges, if guess { self.symbolic.all() } else { own })
    }

    /// As [`Self::is_undeclared_single`], for entries of A(n): a declared one is declared, so that only those from a
    /// zone's network can be undeclared.
    fn is_undeclared_single_of_zone(&self, range: &AddressRange) -> bool {
        let from_zone = self.facts.names.networks.iter().flatten().any(|network| network.range() == *range);
        from_zone && self.is_undeclared_single(range)
    }

    /// `zone:z`
    fn zone(&mut self, zone: u32, purpose: Purpose) -> AddressSet {
        let by_zone = self.by_zone();
        let networks = &self.facts.names.networks[zone as usize];
        let mut ranges: Vec<AddressRange> = networks.iter().map(|network| network.range()).collect();
        let mut symbolic = self.symbolic.having(|label, _| label == Some(zone));
        let permit = purpose != Purpose::Rule(Action::Deny);
        if permit && !networks.is_empty() {
            symbolic.extend(self.symbolic.having(|label, _| label.is_none()));
        }
        let mut guess = false;
        for &node in &by_zone[zone as usize] {
            if let Some(cidr) = self.facts.document.nodes[node as usize].addresses.only()
                && cidr.is_single()
            {
                // A single address is R(n) as well as A(n); most lie within the zone's networks.
                if !networks.iter().any(|network| network.holds(&cidr)) {
                    ranges.push(cidr.range());
                }
            } else if permit {
                let set = self.node(node, purpose);
                guess |= self.facts.entries(node).iter().any(|entry| {
                    let range = entry.cidr.range();
                    !range.is_single() || self.is_undeclared_single_of_zone(&range)
                });
                ranges.extend(set.ranges);
            } else {
                ranges.extend(self.ownership.surely(self.facts, node));
            }
        }
        if permit && guess {
            symbolic = self.symbolic.all();
        }
        AddressSet::new(ranges, symbolic)
    }
}
