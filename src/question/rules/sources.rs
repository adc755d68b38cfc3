//! Which sources can come to a node by which of its interfaces, whatever other devices filter: of whom it is sure that they cannot,
//! no packet ever gets to a line that is for them.
//!
//! Taken for possible is what is not known not to be: other devices pass everything, links lead both ways and carry every VLAN. The
//! node itself passes only sources that some line of its filters permits between the two interfaces.

use rustc_hash::FxHashMap as HashMap;

use super::cover::{IN, Region};
use crate::document::{Action, Kind};
use crate::graph::UnionFind;
use crate::header::{Range, Ranges};
use crate::model::nat::{Pool, Target};
use crate::model::{CompiledFilter, Model, names_side};
use crate::number::number;

/// Nodes and links that are gone through for all nodes with lists together, before one stops asking.
const MOST: usize = 200_000_000;

/// Sources of a document.
pub(super) struct Sources<'m, 'd> {
    model: &'m Model<'d>,
    /// What translations make of sources, wherever they are.
    translated: Vec<Range>,
    /// Whether asking takes too long.
    skipped: bool,
}

/// What comes to a node.
pub(super) struct Reach {
    /// Sources by the number of the interface; what no line names has 0. `None`: it is not known.
    by_interface: Option<HashMap<u16, Ranges>>,
    /// Sources that it emits itself.
    own: Ranges,
}

impl Reach {
    /// Whether a source of a line can get to it by an interface that it is for, as far as is known. `own` stands for no interface
    /// in the line's regions.
    pub fn gets_to(&self, regions: impl Iterator<Item = Region>, own: Option<u32>) -> bool {
        let Some(by_interface) = &self.by_interface else { return true };
        // What the list does not name is 0 to it.
        let atom = |number: u16| own.map_or(0, |own| if u32::from(number) < own { u32::from(number) } else { 0 });
        regions.into_iter().any(|region| {
            let comes = |atom: u32, sources: &Ranges| {
                region[IN].touches(Range::new(atom, atom)) && !sources.intersect(&region[0]).is_empty()
            };
            comes(own.unwrap_or(0), &self.own)
                || by_interface.iter().any(|(number, sources)| comes(atom(*number), sources))
        })
    }
}

impl<'m, 'd> Sources<'m, 'd> {
    pub fn new(model: &'m Model<'d>) -> Self {
        let entries = model.nat.values().flat_map(|nat| &nat.source);
        let mut translated: Vec<Range> = entries.flat_map(|entry| made(model, &entry.target)).collect();
        translated.sort_unstable();
        let asked = model.filters.len() + model.nat.len();
        let skipped = asked.saturating_mul(model.document.nodes.len() + model.names.links.len()) > MOST;
        Self { model, translated, skipped }
    }

    /// What comes to a node.
    pub fn of(&self, node: u32) -> Reach {
        let model = self.model;
        let sent = |node: u32| model.holdings.get(model.sends[node as usize]);
        let own = if model.labels.endpoint[node as usize] { sent(node).clone() } else { Ranges::default() };
        // The halves of an l3-switch have interfaces of their own.
        if self.skipped || model.document.nodes[node as usize].kind == Kind::L3Switch {
            return Reach { by_interface: None, own };
        }
        let mut joined = UnionFind::new(model.document.nodes.len());
        for [a, b] in model.names.links.iter().filter(|ends| !ends.contains(&node)) {
            joined.join(*a, *b);
        }
        // Parts of the network beyond the node: what is in them, by which interfaces they hang on it.
        let mut parts: HashMap<u32, (Vec<Range>, bool)> = HashMap::default();
        let mut sides: Vec<(u16, u32)> = Vec::new();
        let interfaces = model.interfaces.get(&node);
        for (link, ends) in model.document.links.iter().zip(&model.names.links) {
            for end in 0..2 {
                if ends[end] == node && ends[1 - end] != node {
                    let name = model.document.name(link.interface_or_neighbour(end));
                    let number = interfaces.map_or(0, |interfaces| interfaces.get(name));
                    let part = joined.find(ends[1 - end]);
                    sides.push((number, part));
                    parts.entry(part).or_default();
                }
            }
        }
        for other in (0..number(model.document.nodes.len())).filter(|other| *other != node) {
            if let Some((sources, returns)) = parts.get_mut(&joined.find(other)) {
                if model.labels.endpoint[other as usize] {
                    sources.extend(sent(other).as_slice());
                }
                *returns |= model.labels.forwards[other as usize];
            }
        }
        sides.sort_unstable();
        sides.dedup();
        let mut known: HashMap<u32, (Ranges, bool)> = parts
            .into_iter()
            .map(|(part, (sources, returns))| {
                let translated = self.translated.iter().filter(|_| returns).copied();
                (part, (Ranges::from_unsorted(sources.into_iter().chain(translated).collect()), returns))
            })
            .collect();
        // What the node passes from one part to another may come back, where somebody there forwards.
        let filters = model.filters.get(&node).map_or(&[][..], Vec::as_slice);
        let mut permitted: HashMap<(usize, u16, u16), Ranges> = HashMap::default();
        loop {
            let mut grown = false;
            for (way_in, from) in &sides {
                for (way_out, to) in &sides {
                    let (Some((sources, _)), Some((there, true))) = (known.get(from), known.get(to)) else { continue };
                    let mut passed = sources.clone();
                    for (at, filter) in filters.iter().enumerate() {
                        if filter.applies(Some(*way_in), Some(*way_out)) {
                            let sources = permitted.entry((at, *way_in, *way_out));
                            passed =
                                passed.intersect(sources.or_insert_with(|| self.permitted(filter, *way_in, *way_out)));
                        }
                    }
                    let new = passed.subtract(there);
                    if !new.is_empty() {
                        let all = there.as_slice().iter().chain(new.as_slice()).copied().collect();
                        known.insert(*to, (Ranges::from_unsorted(all), true));
                        grown = true;
                    }
                }
            }
            if !grown {
                break;
            }
        }
        let mut by_interface: HashMap<u16, Ranges> = HashMap::default();
        for (number, part) in sides {
            let sources = by_interface.entry(number).or_default();
            let more = known.get(&part).map_or(&[][..], |(sources, _)| sources.as_slice());
            *sources = Ranges::from_unsorted(sources.as_slice().iter().chain(more).copied().collect());
        }
        Reach { by_interface: Some(by_interface), own }
    }

    /// Sources that some line of a filter permits between two interfaces.
    fn permitted(&self, filter: &CompiledFilter, way_in: u16, way_out: u16) -> Ranges {
        let pool = &self.model.pools.address;
        if filter.default == Action::Permit {
            return Ranges::single(pool.all());
        }
        let rules = &self.model.rules[filter.rules.start as usize..filter.rules.end as usize];
        let fits = rules.iter().filter(|rule| {
            rule.action == Action::Permit
                && names_side(rule.r#in.as_deref(), Some(way_in))
                && names_side(rule.out.as_deref(), Some(way_out))
        });
        Ranges::from_unsorted(fits.flat_map(|rule| pool.get(rule.headers[0]).as_slice()).copied().collect())
    }
}

/// What a translation may make of an address.
fn made(model: &Model<'_>, target: &Target) -> Vec<Range> {
    let of_pool = |pool: &Pool| {
        let sets = [pool.v4, pool.v6, pool.symbolic].into_iter();
        let mut out: Vec<Range> = sets.flat_map(|set| model.pools.address.get(set).as_slice()).copied().collect();
        // It may be anybody's.
        out.extend(model.spaces.address.symbolic_atoms().filter(|_| pool.guesses.contains(&true)));
        out
    };
    match target {
        Target::Keep => Vec::new(),
        Target::Pool(pool) => of_pool(pool),
        Target::OneToOne { to, pool, .. } => {
            let mut out = of_pool(pool);
            out.push(model.spaces.address.range(*to));
            out
        }
    }
}
