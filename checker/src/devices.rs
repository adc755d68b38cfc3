//! What a unit passes of headers that change on the way: certificate section 9, semantics section 4a.
#![allow(clippy::indexing_slicing)] // nodes, filters and rules by the tables made here; lines are 0 to 3

use crate::document::{Range, Target, Translation, fits};
use crate::meaning::Meaning;
use crate::sets::{
    Addresses, END, IPV6, LAST_IPV4, Numbers, PORTLESS, PORTS_END, Position, SERVICES_END, SYMBOLIC, addresses, service,
};
use crate::steps::{Network, Relied, Unit};
use std::rc::Rc;

/// The lines of headers. Services and source ports stand on theirs as `Position(0, number)`.
pub const SOURCE: usize = 0;
pub const DESTINATION: usize = 1;
pub const SERVICE: usize = 2;
pub const PORT: usize = 3;

/// A set on each line.
pub type Product = [Rc<Addresses>; 4];

/// Headers at successive stages of their way, all that a product of sets holds at each, and for each line whether a stage
/// has the value of the stage before (then both have the same set).
#[derive(Clone, Debug, PartialEq)]
pub struct Stages<const N: usize> {
    pub at: [Product; N],
    pub linked: [[bool; 4]; N],
}

/// As they were sent, and as they are now.
pub type Pairs = Stages<2>;
/// Within a unit: as they were sent, as they came, as they leave.
type Crossing = Stages<3>;

/// At which stage each line is looked at.
pub type View = [usize; 4];

impl<const N: usize> Stages<N> {
    /// With another set for a line at a stage, a part of what is there; `None` where nothing is left.
    pub fn with(mut self, stage: usize, line: usize, set: Addresses) -> Option<Self> {
        if set.is_empty() {
            return None;
        }
        let set = Rc::new(set);
        let mut first = stage;
        while self.linked[first][line] {
            first -= 1;
        }
        for next in first..N {
            if next > stage && !self.linked[next][line] {
                break;
            }
            self.at[next][line] = set.clone();
        }
        Some(self)
    }

    /// What is in the set, on a line at a stage.
    pub fn narrowed(self, stage: usize, line: usize, set: &Addresses) -> Option<Self> {
        let seen = &self.at[stage][line];
        if set.holds_all_of(seen) {
            return Some(self);
        }
        let part = seen.and(set);
        self.with(stage, line, part)
    }

    /// What the view sees in the product.
    pub fn within(&self, view: View, product: &Product) -> Option<Self> {
        let meets = |line: usize| product[line].spans().iter().any(|span| self.at[view[line]][line].meets(*span));
        let apart = |line: usize| product[line].spans().len() < 4 && !meets(line);
        if (0..4).any(apart) {
            return None;
        }
        (0..4).try_fold(self.clone(), |part, line| part.narrowed(view[line], line, &product[line]))
    }

    /// What the view does not see in the product.
    pub fn outside(&self, view: View, product: &Product) -> Vec<Self> {
        let mut out = Vec::new();
        if self.within(view, product).is_none() {
            return vec![self.clone()];
        }
        let mut inside = Some(self.clone());
        for line in 0..4 {
            let Some(part) = inside else { break };
            let rest = part.at[view[line]][line].minus(&product[line]);
            out.extend(part.clone().with(view[line], line, rest));
            inside = part.narrowed(view[line], line, &product[line]);
        }
        out
    }

    /// On a line the last stage has any value of a set, whatever was there before.
    fn replaced(&self, line: usize, set: Rc<Addresses>) -> Self {
        let mut out = self.clone();
        out.at[N - 1][line] = set;
        out.linked[N - 1][line] = false;
        out
    }
}

/// Numbers on a line of positions.
pub fn on_line(numbers: &Numbers) -> Rc<Addresses> {
    let position = |n: u32| Position(0, u128::from(n));
    Rc::new(Addresses::of(numbers.spans().iter().map(|(first, end)| (position(*first), position(*end))).collect()))
}

fn span(first: u32, end: u32) -> Rc<Addresses> {
    on_line(&Numbers::of(vec![(first, end)]))
}

/// What an entry of `nat` takes, and what it makes of it.
struct Entry {
    loose: Product,
    strict: Product,
    /// Without `keep`: the addresses of IPv4, the symbolic ones that are named, the addresses of IPv6.
    pool: Option<[Rc<Addresses>; 3]>,
    /// Some address of IPv4, of IPv6 in it is declared by no node as a single one.
    guesses: [bool; 2],
}

/// What nodes do with headers, from the document alone.
pub struct Tables {
    /// For each node, filter and rule.
    rules: Vec<Vec<Vec<Product>>>,
    nat: Vec<Vec<Entry>>,
    /// The kinds of addresses that headers bear: IPv4, symbolic, IPv6.
    kinds: [Rc<Addresses>; 3],
    /// Source ports of packets that have ports.
    ports: Rc<Addresses>,
    every_port: Rc<Addresses>,
    /// Single addresses that nodes declare, in order.
    singles: Vec<Position>,
}

/// The nodes at work on headers.
pub struct Devices<'n, 'm, 'd> {
    pub network: &'n Network<'m, 'd>,
    tables: &'n Tables,
    /// Positions at which one-to-one translation parts addresses, in order.
    pub cuts: Vec<Position>,
}

impl Tables {
    /// Where nothing is translated they are empty, and nobody asks.
    pub fn new(meaning: &Meaning) -> Tables {
        let document = meaning.document;
        let translates = document.translates();
        let nodes = || document.nodes.iter().enumerate().filter(|_| translates);
        let speaks = nodes().filter(|(n, node)| node.endpoint || document.named.contains(n));
        let borne = Addresses::of(speaks.filter_map(|(n, _)| meaning.symbol(n)).collect());
        let v4 = meaning.span(Range { rank: 0, first: 0, last: LAST_IPV4 });
        let kinds = [Addresses::of(vec![v4]), borne, Addresses::of(vec![(IPV6, END)])].map(Rc::new);
        let every_port = span(0, PORTS_END);
        let mut singles: Vec<Position> = meaning.singles.iter().map(|(rank, first)| Position(*rank, *first)).collect();
        singles.sort_unstable();
        let ports = |ports: &Option<Numbers>| ports.as_ref().map_or_else(|| every_port.clone(), on_line);
        let rules = nodes().map(|(n, node)| {
            let of_filter = |(f, filter): (usize, &crate::document::Filter)| {
                let each = filter.rules.iter().enumerate().map(|(r, rule)| {
                    let (from, to) = &meaning.rules[n][f][r];
                    [from.clone(), to.clone(), on_line(&rule.service), ports(&rule.source_port)]
                });
                each.collect()
            };
            node.filters.iter().enumerate().map(of_filter).collect()
        });
        let nat = nodes().map(|(_, node)| {
            let entry = |entry: &Translation| {
                let product = |loose| {
                    let [from, to] = [&entry.from, &entry.to].map(|s| Rc::new(meaning.selector(s, loose)));
                    [from, to, on_line(&entry.service), ports(&entry.source_port)]
                };
                let (pool, guesses) = entry.target.as_deref().map(|t| pool(meaning, &singles, t)).unzip();
                Entry { loose: product(true), strict: product(false), pool, guesses: guesses.unwrap_or_default() }
            };
            node.nat.iter().map(entry).collect()
        });
        let (rules, nat) = (rules.collect(), nat.collect());
        Tables { rules, nat, kinds, ports: span(1, PORTS_END), every_port, singles }
    }
}

impl<'n, 'm, 'd> Devices<'n, 'm, 'd> {
    pub fn new(network: &'n Network<'m, 'd>) -> Self {
        Devices { network, tables: &network.tables, cuts: Vec::new() }
    }

    /// The addresses that a header may bear hold these.
    pub fn are_borne(&self, sets: [&Addresses; 2]) -> bool {
        sets.iter().all(|set| self.tables.kinds.iter().any(|kind| kind.holds_all_of(set)))
    }

    /// All headers that can be with a source in the set, as they are sent.
    pub fn sent(&self, sources: &Addresses) -> Vec<Pairs> {
        let mut out = Vec::new();
        let [v4, symbolic, v6] = &self.tables.kinds;
        for (kind, with) in [(v4, [v4, symbolic]), (symbolic, [v4, v6]), (v6, [symbolic, v6])] {
            let source = Rc::new(sources.and(kind));
            let mut destination = with[0].or(with[1]);
            if Rc::ptr_eq(kind, symbolic) {
                destination = destination.or(symbolic);
            }
            let destination = Rc::new(destination);
            let with_ports = (span(PORTLESS, SERVICES_END), self.tables.ports.clone());
            for (service, port) in [(span(0, PORTLESS), span(0, 1)), with_ports] {
                if !source.is_empty() && !destination.is_empty() {
                    let product = [source.clone(), destination.clone(), service, port];
                    out.push(Stages { at: [product.clone(), product], linked: [[false; 4], [true; 4]] });
                }
            }
        }
        out
    }

    /// The pairs of headers that can be, in parts.
    pub fn possible(&self, pairs: &Pairs) -> Vec<Pairs> {
        let portless = [span(0, PORTLESS), span(0, 1)];
        let with_port = [span(PORTLESS, SERVICES_END), self.tables.ports.clone()];
        let mut parts = vec![pairs.clone()];
        for stage in [0, 1] {
            let mut next = Vec::new();
            for part in &parts {
                for [service, port] in [&portless, &with_port] {
                    let of_service = part.clone().narrowed(stage, SERVICE, service);
                    next.extend(of_service.and_then(|part| part.narrowed(stage, PORT, port)));
                }
            }
            parts = next.iter().flat_map(|part| self.by_kind(stage, part)).collect();
        }
        // What is one and the same value at both stages is linked.
        for part in &mut parts {
            for line in 0..4 {
                let [before, now] = [0, 1].map(|stage| &part.at[stage][line]);
                part.linked[1][line] |= before == now && self.is_single(line, now);
            }
        }
        parts
    }

    fn is_single(&self, line: usize, set: &Addresses) -> bool {
        let [(first, end)] = set.spans() else { return false };
        match line {
            SOURCE | DESTINATION => addresses(first.0, first.1, first.1, self.network.meaning.symbolic).1 == *end,
            _ => end.1 == first.1 + 1,
        }
    }

    /// Neither filters nor routes nor translation: what comes passes as it is.
    pub fn is_plain(&self, unit: Unit) -> bool {
        !self.network.is_filtered(unit)
    }

    /// What a unit passes, from a link (or emitted there) to a link (or delivered there), unless a denial that is relied
    /// upon stops it. A part of one packet passes exactly.
    pub fn pass(
        &self,
        relied: &Relied,
        unit: Unit,
        enters: Option<usize>,
        leaves: Option<usize>,
        pairs: &Pairs,
    ) -> Vec<Pairs> {
        if self.is_plain(unit) {
            return vec![pairs.clone()];
        }
        let (node, document) = (unit / 2, self.network.meaning.document);
        let interface = |link: Option<usize>| link.and_then(|link| self.network.interface(link, unit));
        let (i, o) = (interface(enters), interface(leaves));
        let [sent, now] = pairs.at.clone();
        let linked = [[false; 4], pairs.linked[1], [true; 4]];
        let mut parts: Vec<Crossing> = vec![Stages { at: [sent, now.clone(), now], linked }];
        if !document.nodes[node].nat.is_empty() {
            parts = self.by_kind(1, &parts[0]);
            parts = self.step(node, false, (i, o), parts);
            if o.is_some() {
                parts = self.step(node, true, (i, o), parts);
            }
        }
        for (f, filter) in document.nodes[node].filters.iter().enumerate() {
            if filter.applies(i, o) {
                parts = parts.iter().flat_map(|part| self.permitted(relied, (node, f), (i, o), part)).collect();
            }
        }
        if let (Some(_), Some(link)) = (enters, leaves)
            && let Some(to) = self.network.routed_to(relied, node, link)
        {
            parts = parts.into_iter().filter_map(|part| part.narrowed(2, DESTINATION, to?)).collect();
        }
        let leaving = parts.into_iter().map(|Stages { at: [sent, _, now], linked: [_, before, within] }| {
            let linked = [0, 1, 2, 3].map(|line| before[line] && within[line]);
            Stages { at: [sent, now], linked: [[false; 4], linked] }
        });
        leaving.collect()
    }

    /// Of a list of rules: what is in a permit rule and in no denial before it, and what comes to the default.
    fn permitted(
        &self,
        relied: &Relied,
        (node, f): (usize, usize),
        (i, o): (Option<u32>, Option<u32>),
        part: &Crossing,
    ) -> Vec<Crossing> {
        let filter = &self.network.meaning.document.nodes[node].filters[f];
        let [source, destination] = filter.sees_translated.map(|translated| if translated { 2 } else { 1 });
        let view = [source, destination, destination, source];
        let (mut rest, mut out) = (vec![part.clone()], Vec::new());
        let speaking = filter.rules.iter().enumerate().filter(|(_, rule)| !rule.silent);
        for (r, rule) in speaking.filter(|(_, rule)| fits(&rule.enters, i) && fits(&rule.leaves, o)) {
            let product = &self.tables.rules[node][f][r];
            if rule.permit {
                rest.retain(|part| {
                    let inside = part.within(view, product);
                    let whole = inside.as_ref() == Some(part);
                    out.extend(inside);
                    !whole
                });
            } else if relied.on(node, Some(f), Some(r)) {
                rest = rest.iter().flat_map(|part| part.outside(view, product)).collect();
            }
        }
        if filter.default_permit || !relied.on(node, Some(f), None) {
            out.extend(rest);
        }
        out
    }

    /// Parts of one kind of source and one of destination; IPv4 with IPv6 cannot be.
    fn by_kind<const N: usize>(&self, stage: usize, part: &Stages<N>) -> Vec<Stages<N>> {
        let mut out = Vec::new();
        for (s, source) in self.tables.kinds.iter().enumerate() {
            for destination in
                self.tables.kinds.iter().enumerate().filter(|(d, _)| s.abs_diff(*d) < 2).map(|(_, set)| set)
            {
                let of_source = part.clone().narrowed(stage, SOURCE, source);
                out.extend(of_source.and_then(|part| part.narrowed(stage, DESTINATION, destination)));
            }
        }
        out
    }

    /// The entries with `source` or those with `destination`, in their order: the first that decides translates.
    fn step(
        &self,
        node: usize,
        of_source: bool,
        (i, o): (Option<u32>, Option<u32>),
        parts: Vec<Crossing>,
    ) -> Vec<Crossing> {
        let (mut rest, mut out) = (parts, Vec::new());
        let entries = self.network.meaning.document.nodes[node].nat.iter().zip(&self.tables.nat[node]);
        for (said, entry) in entries {
            let now = of_source || if i.is_some() { said.arrived } else { said.emitted };
            if said.of_source != of_source || !now || !fits(&said.enters, i) || !fits(&said.leaves, o) {
                continue;
            }
            let seen = if of_source && !said.sees_original { 2 } else { 1 };
            let view = [1, seen, seen, 1];
            let mut next = Vec::with_capacity(rest.len());
            for part in rest {
                // The family of the packet as the step sees it.
                let of =
                    |stage: usize, line: usize| part.at[stage][line].spans().first().map_or(1, |(first, _)| first.0);
                let ranks = [of(1, SOURCE), of(if of_source { 2 } else { 1 }, DESTINATION)];
                let takes = [!ranks.contains(&2), true, !ranks.contains(&0)];
                let pool = entry.pool.as_ref().map(|pool| self.taken(pool, entry.guesses, takes));
                if pool.as_ref().is_some_and(|pool| pool.iter().all(|set| set.is_empty())) {
                    next.push(part);
                    continue;
                }
                if let Some(inside) = part.within(view, &entry.loose) {
                    match pool {
                        None => out.push(inside),
                        Some(pool) => out.extend(self.translated(said, &inside, &pool)),
                    }
                }
                next.extend(part.outside(view, &entry.strict));
            }
            rest = next;
        }
        out.extend(rest);
        out
    }

    /// What a packet may take of a target: IPv4, symbolic, IPv6.
    fn taken(&self, pool: &[Rc<Addresses>; 3], guesses: [bool; 2], takes: [bool; 3]) -> [Rc<Addresses>; 3] {
        let none = Rc::new(Addresses::none());
        let of = |kind: usize| if takes[kind] { pool[kind].clone() } else { none.clone() };
        // Those that the target names are borne too.
        let anybodys = takes[0] && guesses[0] || takes[2] && guesses[1];
        [of(0), if anybodys { self.tables.kinds[1].clone() } else { pool[1].clone() }, of(2)]
    }

    fn translated(&self, said: &Translation, part: &Crossing, pool: &[Rc<Addresses>; 3]) -> Vec<Crossing> {
        let line = if said.of_source { SOURCE } else { DESTINATION };
        let any_of = |part: &Crossing, out: &mut Vec<Crossing>| {
            out.extend(pool.iter().filter(|set| !set.is_empty()).map(|set| part.replaced(line, set.clone())));
        };
        let mut out = Vec::new();
        match said.one_to_one {
            None => any_of(part, &mut out),
            Some(pair) => {
                let symbolic = part.clone().narrowed(1, line, &Addresses::of(vec![(SYMBOLIC, IPV6)]));
                symbolic.iter().for_each(|part| any_of(part, &mut out));
                self.one_to_one(pair, line, part, &mut out);
            }
        }
        if let Some(port) = said.destination_port {
            let becomes = |part: &Crossing| {
                let of_protocol = [6, 17, 132].map(|protocol| {
                    let block = span(service(protocol, 0), service(protocol, 65_535) + 1);
                    let port = span(service(protocol, port), service(protocol, port) + 1);
                    Some(part.clone().narrowed(1, SERVICE, &block)?.replaced(SERVICE, port))
                });
                of_protocol.into_iter().flatten().collect::<Vec<_>>()
            };
            out = out.iter().flat_map(becomes).collect();
        }
        if said.of_source && said.one_to_one.is_none() {
            for part in &mut out {
                let before = &part.at[2][PORT];
                if self.tables.ports.holds_all_of(before) {
                    *part = part.replaced(PORT, self.tables.ports.clone());
                } else if self.tables.ports.spans().iter().any(|span| before.meets(*span)) {
                    *part = part.replaced(PORT, self.tables.every_port.clone());
                }
            }
        }
        out
    }

    /// The k-th address of the one range becomes the k-th of the other.
    fn one_to_one(&self, [from, to]: [Range; 2], line: usize, part: &Crossing, out: &mut Vec<Crossing>) {
        let symbolic = self.network.meaning.symbolic;
        let within = |positions: &[Position], range: Range| -> Vec<u128> {
            let start = positions.partition_point(|p| *p < Position(range.rank, range.first));
            let inside = positions.iter().skip(start);
            inside.take_while(|p| **p <= Position(range.rank, range.last)).map(|p| p.1 - range.first).collect()
        };
        // As offsets: where a part begins.
        let mut begins = within(&self.cuts, from);
        begins.extend(within(&self.cuts, to));
        let singles = within(&self.tables.singles, to);
        begins.extend(singles.iter().flat_map(|single| [*single, single.saturating_add(1)]));
        begins.extend([0]);
        begins.sort_unstable();
        begins.dedup();
        begins.retain(|offset| *offset <= from.last - from.first);
        for (k, first) in begins.iter().enumerate() {
            let last = begins.get(k + 1).map_or(from.last - from.first, |next| next - 1);
            let at =
                |range: Range, first, last| addresses(range.rank, range.first + first, range.first + last, symbolic);
            let piece = at(from, *first, last);
            let Some(one) = part.clone().narrowed(1, line, &Addresses::of(vec![piece])) else { continue };
            let image = one.at[1][line].spans().iter().map(|(low, end)| {
                let last = if *end == piece.1 { last } else { end.1 - from.first - 1 };
                at(to, low.1 - from.first, last)
            });
            out.push(one.replaced(line, Rc::new(Addresses::of(image.collect()))));
            if singles.binary_search(first).is_err() && !self.tables.kinds[1].is_empty() {
                out.push(one.replaced(line, self.tables.kinds[1].clone()));
            }
        }
    }
}

/// The addresses of a target by kind, and whether some of a family may be anybody's.
fn pool(meaning: &Meaning, singles: &[Position], target: &[Target]) -> ([Rc<Addresses>; 3], [bool; 2]) {
    let (mut sets, mut guesses) = ([Vec::new(), Vec::new(), Vec::new()], [false; 2]);
    let mut add = |range: Range| {
        sets[usize::from(range.rank)].push(meaning.span(range));
        let [first, last] = [range.first, range.last].map(|at| Position(range.rank, at));
        let declared = singles.partition_point(|p| *p <= last) - singles.partition_point(|p| *p < first);
        guesses[usize::from(range.rank == 2)] |= declared as u128 <= range.last - range.first;
    };
    for item in target {
        match item {
            Target::Range(range) => add(*range),
            Target::Node(node) => meaning.entries(*node).iter().for_each(|entry| add(entry.range())),
        }
    }
    for item in target {
        if let Target::Node(node) = item {
            sets[1].extend(meaning.symbol(*node));
        }
    }
    (sets.map(|spans| Rc::new(Addresses::of(spans))), guesses)
}
