//! The lines of a list as products, and what there is to ask of each.

use super::cover::{Covered, IN, LINES, Products, Region, holds, is_empty, meet};
use crate::document::{Action, Rule, Selector, SelectorItem};
use crate::header::{Product, Range, Ranges};
use crate::model::{CompiledFilter, CompiledRule, Model, NatEntry, PORTED};
use crate::number::number;
use crate::report::rules::ListKind;

/// Lines that say the opposite of one, counted up to here.
const MOST_OPPOSED: usize = 100;

/// The lines of a list.
pub(super) struct Lines {
    /// What each line may match.
    products: Products,
    /// What each line surely matches, where that is less: of translations.
    sure: Option<Products>,
    /// What each line says; none: the lines translate.
    actions: Vec<Action>,
    /// What is said where no line matches.
    default: Option<Action>,
    /// Lines that are not compared with others: nobody knows when they match.
    apart: Vec<bool>,
    /// What there can be: packets of one family, with ports or without, that go one way through the node; disjoint but
    /// for what is symbolic at both ends.
    worlds: Vec<Region>,
    /// The number that stands for "no interface", where lines look at interfaces.
    pub own: Option<u32>,
}

/// Interfaces of a line as atoms; `any`: all, and none.
fn side(list: Option<&[u16]>, any: &Ranges) -> Ranges {
    list.map_or_else(|| any.clone(), |list| numbers(list.iter().map(|one| u32::from(*one))))
}

fn numbers(list: impl Iterator<Item = u32>) -> Ranges {
    Ranges::from_unsorted(list.map(|one| Range::new(one, one)).collect())
}

/// How a list looks at sides.
struct Sides {
    /// The number that stands for none; 0: the list looks at no interfaces.
    own: u32,
    any: Ranges,
}

impl Sides {
    /// `own`: sides matter, be it that no line names an interface.
    fn new<'l>(lists: impl Iterator<Item = &'l Option<Box<[u16]>>>, own: bool) -> Self {
        let highest = lists.flatten().flat_map(|list| list.iter()).max();
        let own = highest.map_or(u32::from(own), |highest| u32::from(*highest) + 1);
        Self { own, any: Ranges::single(Range::new(0, own)) }
    }

    /// The ways through a node that are asked: forwarded, emitted, delivered.
    fn ways(&self, forwarded: bool, emitted: bool, delivered: bool) -> Vec<[Ranges; 2]> {
        let Some(last) = self.own.checked_sub(1) else { return vec![[self.any.clone(), self.any.clone()]] };
        let own = || Ranges::single(Range::new(self.own, self.own));
        let interfaces = || Ranges::single(Range::new(0, last));
        let ways = [
            (forwarded, [interfaces(), interfaces()]),
            (emitted, [own(), interfaces()]),
            (delivered, [interfaces(), own()]),
        ];
        ways.into_iter().filter(|(asked, _)| *asked).map(|(_, way)| way).collect()
    }
}

impl Lines {
    /// Those of a filter.
    pub fn of_filter(model: &Model<'_>, filter: &CompiledFilter, rules: &[CompiledRule], written: &[Rule<'_>]) -> Self {
        let lists = rules.iter().flat_map(|rule| [&rule.r#in, &rule.out]).chain([&filter.r#in, &filter.out]);
        let sides = Sides::new(lists, false);
        let product = |rule: &CompiledRule| region(model, &rule.headers, [&rule.r#in, &rule.out], &sides);
        let traffic = filter.applies_to;
        let own = [side(filter.r#in.as_deref(), &sides.any), side(filter.out.as_deref(), &sides.any)];
        let ways = sides.ways(traffic.forwarded, traffic.emitted, traffic.delivered);
        let ways = ways.into_iter().map(|way| [way[0].intersect(&own[0]), way[1].intersect(&own[1])]);
        Self {
            products: Products::new(rules.iter().map(product).collect()),
            sure: None,
            actions: rules.iter().map(|rule| rule.action).collect(),
            default: Some(filter.default),
            apart: written.iter().map(|rule| is_unsure(model, rule)).collect(),
            worlds: worlds(model, ways.collect()),
            own: (sides.own > 0).then_some(sides.own),
        }
    }

    /// Those that translate.
    pub fn of_entries(model: &Model<'_>, entries: &[NatEntry], kind: ListKind) -> Self {
        // What a node emits has destinations translated by some entries only: it has a side of its own then.
        let emits = entries.iter().any(|entry| entry.emitted);
        let sides = Sides::new(entries.iter().flat_map(|entry| [&entry.r#in, &entry.out]), emits);
        let product = |entry: &NatEntry, headers: &Product| {
            let mut product = region(model, headers, [&entry.r#in, &entry.out], &sides);
            if kind == ListKind::Destination && emits {
                let own = Range::new(sides.own, sides.own);
                let arrived = product[IN].subtract(&Ranges::single(own));
                let arrived = if entry.arrived { arrived } else { Ranges::default() };
                let emitted = (entry.emitted && entry.r#in.is_none()).then_some(own);
                product[IN] = Ranges::from_unsorted(arrived.as_slice().iter().copied().chain(emitted).collect());
            }
            product
        };
        let source = kind == ListKind::Source;
        let ways = match sides.own.checked_sub(1) {
            Some(_) if !source => vec![[sides.any.clone(), Ranges::single(Range::new(sides.own, sides.own))]],
            _ => sides.ways(true, true, false),
        };
        Self {
            products: Products::new(entries.iter().map(|entry| product(entry, &entry.loose)).collect()),
            sure: Some(Products::new(entries.iter().map(|entry| product(entry, &entry.strict)).collect())),
            actions: Vec::new(),
            default: None,
            // Lines that look at other destinations than their neighbours are not compared with them.
            apart: entries.iter().map(|entry| entry.sees_original).collect(),
            worlds: worlds(model, ways),
            own: (sides.own > 0).then_some(sides.own),
        }
    }

    /// What a line may match.
    pub fn product(&self, at: usize) -> &Region {
        self.products.get(number(at))
    }

    /// What a line matches of what there can be.
    pub fn regions(&self, at: u32) -> impl Iterator<Item = Region> {
        self.worlds.iter().map(move |world| meet(world, self.products.get(at))).filter(|region| !is_empty(region))
    }

    /// Whether a line matches nothing.
    pub fn is_nothing(&self, at: u32) -> bool {
        self.regions(at).next().is_none()
    }

    /// Whether nothing is asked of a line: nobody knows when it matches, or it only writes the default out.
    pub fn is_apart(&self, at: u32) -> bool {
        self.apart[at as usize] || at >= self.closing()
    }

    /// From which line on the lines write the default out.
    fn closing(&self) -> u32 {
        let Some(default) = self.default else { return u32::MAX };
        let writes = |at: &u32| {
            let all = |world: &Region| (0..LINES).all(|line| holds(&self.products.get(*at)[line], &world[line]));
            self.actions[*at as usize] == default && self.worlds.iter().all(all)
        };
        let count = number(self.actions.len());
        count - number((0..count).rev().take_while(writes).count())
    }

    /// Whether lines before one hold all of it.
    pub fn before(&self, at: u32) -> Covered {
        let products = self.sure.as_ref().unwrap_or(&self.products);
        let cover = |region: Region| {
            let mut near = products.meeting(&region, 0..at);
            near.retain(|other| !self.apart[*other as usize]);
            products.cover(&region, &near)
        };
        every(self.regions(at).map(cover))
    }

    /// Whether some of these say something else than a line. Translations do not say.
    pub fn any_opposed(&self, at: u32, others: &[u32]) -> bool {
        let action = self.actions.get(at as usize);
        others.iter().any(|other| self.actions.get(*other as usize) != action)
    }

    /// Whether nothing would change without a line that is not shadowed: by which lines after it; or a part that would change.
    /// `None`: it is not asked, of translations.
    pub fn without(&self, at: u32) -> Option<Covered> {
        let (action, default) = (*self.actions.get(at as usize)?, self.default?);
        // What sometimes says the opposite may be what changes.
        let unsure = |other: usize| self.apart[other] && self.actions[other] != action;
        if (at as usize + 1..self.actions.len()).any(unsure) {
            return None;
        }
        let (mut like, closing) = (Vec::new(), self.closing());
        for region in self.regions(at) {
            let near = self.products.meeting(&region, 0..number(self.actions.len()));
            let others: Vec<u32> =
                near.into_iter().filter(|other| *other != at && !self.apart[*other as usize]).collect();
            let same = |other: &u32| self.actions[*other as usize] == action;
            // What no other line matches has the fate of the default.
            match self.products.cover(&region, &others) {
                Covered::By(_) => {}
                Covered::Not(_) if default == action => {}
                found => return Some(found),
            }
            // What is left to it must not fall to a later line that says the opposite; the broadest are mostly last.
            for &opposite in others.iter().rev().filter(|other| **other > at && !same(other)) {
                let part = meet(&region, self.products.get(opposite));
                let before: Vec<u32> = others.iter().copied().filter(|other| *other < opposite).collect();
                match self.products.cover(&part, &before) {
                    Covered::By(_) => {}
                    found => return Some(found),
                }
            }
            // Which later lines do the same, where it is not the default.
            let mut those: Vec<u32> = others.iter().copied().filter(|other| *other < at).collect();
            let later: Vec<u32> = others.iter().copied().filter(|other| *other > at && same(other)).collect();
            those.extend(&later);
            if let Covered::By(by) = self.products.cover(&region, &those) {
                like.extend(by.into_iter().filter(|other| *other > at && *other < closing));
            } else {
                like.extend(later.into_iter().filter(|other| *other < closing));
            }
        }
        like.sort_unstable();
        like.dedup();
        Some(Covered::By(like))
    }

    /// Lines before one that say the opposite of a part of it, neither holding all of the other, each with a part of it that it
    /// decides.
    pub fn opposed(&self, at: u32) -> Vec<(u32, Region)> {
        let Some(action) = self.actions.get(at as usize) else { return Vec::new() };
        let mut out: Vec<(u32, Region)> = Vec::new();
        for region in self.regions(at) {
            let near = self.products.meeting(&region, 0..at);
            for other in near.into_iter().filter(|other| !self.apart[*other as usize]) {
                if out.len() >= MOST_OPPOSED {
                    return out;
                }
                let whole =
                    |a: u32, b: u32| self.products.get(a).iter().zip(self.products.get(b)).all(|(a, b)| holds(a, b));
                if self.actions[other as usize] == *action || whole(other, at) || whole(at, other) {
                    continue;
                }
                let part = meet(&region, self.products.get(other));
                if let Covered::Not(part) = self.products.cover(&part, &self.products.meeting(&part, 0..other))
                    && !out.iter().any(|(known, _)| *known == other)
                {
                    out.push((other, part));
                }
            }
        }
        out.sort_unstable_by_key(|(other, _)| *other);
        out
    }
}

/// Whether nobody knows when a rule matches: under a condition, for replies, for names without addresses.
fn is_unsure(model: &Model<'_>, rule: &Rule<'_>) -> bool {
    rule.condition.is_some() || rule.replies || names_unknown(model, &rule.from) || names_unknown(model, &rule.to)
}

/// Whether a selector holds a name that the document gives no addresses to.
fn names_unknown(model: &Model<'_>, selector: &Selector<'_>) -> bool {
    selector.iter().any(|item| match &item.value {
        SelectorItem::Fqdn(name) => model.names.host_name(name).is_none(),
        SelectorItem::Not(items) => names_unknown(model, items),
        _ => false,
    })
}

/// All are covered, by the lines that cover each; or one that is not; or one that stays open.
fn every(each: impl Iterator<Item = Covered>) -> Covered {
    let mut by = Vec::new();
    let mut open = false;
    for one in each {
        match one {
            Covered::By(list) => by.extend(list),
            Covered::Not(part) => return Covered::Not(part),
            Covered::Open => open = true,
        }
    }
    by.sort_unstable();
    by.dedup();
    if open { Covered::Open } else { Covered::By(by) }
}

fn region(model: &Model<'_>, headers: &Product, lists: [&Option<Box<[u16]>>; 2], sides: &Sides) -> Region {
    let pools = &model.pools;
    [
        pools.address.get(headers[0]).clone(),
        pools.address.get(headers[1]).clone(),
        pools.service.get(headers[2]).clone(),
        pools.source_port.get(headers[3]).clone(),
        side(lists[0].as_deref(), &sides.any),
        side(lists[1].as_deref(), &sides.any),
    ]
}

/// What headers there can be, by the ways through a node.
fn worlds(model: &Model<'_>, ways: Vec<[Ranges; 2]>) -> Vec<Region> {
    let space = &model.spaces.address;
    let symbolic = symbolic(model);
    let family = |own: Range| Ranges::from_unsorted(symbolic.iter().copied().chain([own]).collect());
    let single = |low, high| Ranges::single(Range::new(low, high));
    let ported = model.spaces.service.atom(PORTED);
    let (services, ports) = (model.spaces.service.atoms() - 1, model.spaces.source_port.atoms() - 1);
    // The compiler of the model cuts both lines where ports begin.
    let plain = (single(0, ported - 1), single(0, 0));
    let with_ports = (single(ported, services), single(1, ports));
    let mut out = Vec::new();
    for family in [family(space.v4_atoms()), family(space.v6_atoms())] {
        for (service, port) in [&with_ports, &plain] {
            for [way_in, way_out] in &ways {
                let sides = (way_in.clone(), way_out.clone());
                out.push([family.clone(), family.clone(), service.clone(), port.clone(), sides.0, sides.1]);
            }
        }
    }
    out.retain(|region| !is_empty(region));
    out
}

/// Symbolic addresses that headers bear: of endpoints, and what translations may bring forth.
fn symbolic(model: &Model<'_>) -> Vec<Range> {
    let Some(atoms) = model.spaces.address.symbolic_atoms() else { return Vec::new() };
    let nodes = model.symbolic_nodes();
    let heard = nodes.iter().filter(|(node, _)| model.labels.endpoint[*node as usize]);
    let own = heard.map(|(_, class)| Range::new(atoms.low + class, atoms.low + class));
    own.chain(model.bearable.parts_in(atoms).iter().copied()).collect()
}
