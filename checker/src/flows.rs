//! Flow proofs: that nothing forbidden happens where addresses are translated. Certificate section 9.
#![allow(clippy::indexing_slicing)] // nodes, units and stations; what a certificate numbers goes through `get`

use crate::devices::{DESTINATION, Devices, PORT, Pairs, SERVICE, SOURCE, Stages, on_line};
use crate::document::{Exception, Selector};
use crate::json::{Value, fault};
use crate::meaning::Station;
use crate::proof::{Check, Claim, Forbids, Nodes, Spot, Stand, nodes_of, position, read, read_relied, refuse, reject};
use crate::proof::{State, read_state, socket_of};
use crate::sets::{Addresses, END, Numbers, PORTS_END, Position, SERVICES_END, START, addresses};
use crate::steps::{Network, Relied, Unit};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

/// So many parts of what arrives may be compared with what a place holds.
const MOST_PARTS: usize = 1 << 12;

/// A place, and the relations whose pairs may come there.
struct Place {
    state: State,
    relations: Vec<usize>,
}

/// Nodes that rule 5 cannot tell apart, with all their addresses.
struct Group {
    nodes: Vec<usize>,
    has: Addresses,
}

struct Flows<'t, 'm, 'd> {
    devices: Devices<'t, 'm, 'd>,
    network: &'t Network<'m, 'd>,
    claim: &'t Claim<'t>,
    relied: Relied,
    relations: Vec<Pairs>,
}

/// One flood while it is checked.
struct Flood<'f> {
    openers: Vec<Group>,
    sends: Addresses,
    places: &'f [Place],
    /// The places of a unit by what is come by.
    at: HashMap<(Unit, Option<usize>), Vec<usize>>,
    /// Relations that were looked at as delivered to a socket, but for one link.
    seen: HashSet<(usize, Option<usize>, usize)>,
    /// The targets behind a socket, but for one link.
    behind: HashMap<(usize, Option<usize>), Rc<Vec<Group>>>,
    step: String,
}

/// A flow proof proves that no forbidden session of the claim exists.
pub fn check_flows(network: &Network, claim: &Claim, value: &Value, step: &str) -> Check<()> {
    let keys = ["relies_on", "links", "sets", "relations", "floods"];
    let [relied, links, sets, relations, floods] = read(step, value.all_fields(keys))?;
    let relied = read_relied(network, relied, links, step)?;
    let mut devices = Devices::new(network);
    let mut known: Vec<(usize, Rc<Addresses>)> = Vec::new();
    for (s, set) in read(step, sets.list())?.iter().enumerate() {
        let (line, set) = read_set(network, set, &format!("{step}.sets[{s}]"))?;
        if line == SOURCE {
            devices.cuts.extend(set.spans().iter().flat_map(|(first, end)| [*first, *end]));
        }
        known.push((line, Rc::new(set)));
    }
    devices.cuts.sort_unstable();
    devices.cuts.dedup();
    let mut pairs = Vec::new();
    for (r, relation) in read(step, relations.list())?.iter().enumerate() {
        pairs.push(read_relation(&known, relation, &format!("{step}.relations[{r}]"))?);
    }
    let flows = Flows { devices, network, claim, relied, relations: pairs };
    let mut listed = vec![false; network.meaning.document.nodes.len()];
    for (f, flood) in read(step, floods.list())?.iter().enumerate() {
        let step = format!("{step}.floods[{f}]");
        let [openers, places] = read(&step, flood.all_fields(["openers", "places"]))?;
        let ids = read(&step, nodes_of(network.meaning.document, openers))?;
        let nodes: Nodes = ids.iter().copied().collect();
        if nodes.len() != ids.len() || !nodes.iter().all(|node| claim.openers.has(node)) {
            return reject(
                &step,
                openers,
                "not openers of the claim, each once",
                "主張の開く側のノードではないか、重複しています",
            );
        }
        ids.iter().for_each(|node| listed[*node] = true);
        flows.flood(&nodes, places, step)?;
    }
    match claim.openers.iter().find(|node| !listed[*node]) {
        None => Ok(()),
        Some(node) => {
            let node = &network.meaning.document.nodes[node];
            let en = format!("no flood speaks of what `{}` sends", node.id);
            refuse(step, Spot::Document(node.at), en, format!("`{}` が送るものが挙げられていません", node.id))
        }
    }
}

/// A set of positions, and its line; the two lines of addresses are one.
fn read_set(network: &Network, value: &Value, step: &str) -> Check<(usize, Addresses)> {
    let [line, runs] = read(step, value.tuple())?;
    let number = |end: u32| {
        move |value: &Value| match value.integer()? {
            number if number < end as usize => Ok(Position(0, number as u128)),
            _ => fault(value.at, "beyond the line", "軸の外です"),
        }
    };
    let (which, end): (usize, u32) = match read(step, line.text())? {
        "address" => (SOURCE, 0),
        "service" => (SERVICE, SERVICES_END),
        "source_port" => (PORT, PORTS_END),
        _ => return reject(step, line, "no such line", "この軸はありません"),
    };
    let (mut spans, mut next) = (Vec::new(), START);
    for run in read(step, runs.list())? {
        let ends = read(step, run.tuple::<2>())?;
        let [first, last] = ends;
        let at =
            |value: &Value| read(step, if end == 0 { position(network.meaning, value) } else { number(end)(value) });
        let (first, last) = (at(first)?, at(last)?);
        if first < next || last < first {
            return reject(step, run, "not ascending and apart", "昇順でないか、重なっています");
        }
        next = match end {
            0 => addresses(last.0, last.1, last.1, network.meaning.symbolic).1,
            _ => Position(0, last.1 + 1),
        };
        spans.push((first, next));
    }
    Ok((which, Addresses::of(spans)))
}

fn read_relation(sets: &[(usize, Rc<Addresses>)], value: &Value, step: &str) -> Check<Pairs> {
    let [sent, now, linked] = read(step, value.tuple())?;
    let product = |value: &Value| -> Check<[Rc<Addresses>; 4]> {
        let lines = read(step, value.tuple::<4>())?;
        let mut product = [(); 4].map(|()| Rc::new(Addresses::none()));
        for (line, index) in lines.iter().enumerate() {
            let own = if line == DESTINATION { SOURCE } else { line };
            match sets.get(read(step, index.integer())?).filter(|(of, _)| *of == own) {
                Some((_, set)) => product[line] = set.clone(),
                None => return reject(step, index, "no set of this line", "この軸の集合ではありません"),
            }
        }
        Ok(product)
    };
    let mut pairs = Stages { at: [product(sent)?, product(now)?], linked: [[false; 4]; 2] };
    for (line, linked) in read(step, linked.tuple::<4>())?.iter().enumerate() {
        if read(step, linked.bool())? {
            pairs.linked[1][line] = true;
            let same = Rc::new(pairs.at[0][line].and(&pairs.at[1][line]));
            pairs.at.iter_mut().for_each(|product| product[line] = same.clone());
        }
    }
    Ok(pairs)
}

/// All of the pairs are among the others.
fn holds(all: &Pairs, pairs: &Pairs) -> bool {
    (0..4).all(|line| {
        let [sent, now] = [0, 1].map(|stage| all.at[stage][line].holds_all_of(&pairs.at[stage][line]));
        sent && now && (!all.linked[1][line] || pairs.linked[1][line])
    })
}

/// The pairs that are not among the others; perhaps more, never fewer.
fn minus(pairs: &Pairs, others: &Pairs) -> Vec<Pairs> {
    let mut out = Vec::new();
    let mut inside = Some(pairs.clone());
    for line in 0..4 {
        let Some(part) = inside else { break };
        if others.linked[1][line] && !part.linked[1][line] {
            return vec![pairs.clone()]; // what lies on a diagonal cannot be taken out of a product
        }
        let apart = |stage: usize| part.at[stage][line].minus(&others.at[stage][line]);
        out.extend(part.clone().with(0, line, apart(0)));
        inside = part.narrowed(0, line, &others.at[0][line]);
        if let Some(part) = inside {
            let rest = part.at[1][line].minus(&others.at[1][line]);
            out.extend(part.clone().with(1, line, rest));
            inside = part.narrowed(1, line, &others.at[1][line]);
        }
    }
    out
}

impl<'t> Flows<'t, '_, '_> {
    fn flood(&self, openers: &Nodes, places: &Value, step: String) -> Check<()> {
        let mut list = Vec::new();
        for (p, place) in read(&step, places.list())?.iter().enumerate() {
            let step = format!("{step}.places[{p}]");
            let [node, half, by, tags, relations] = read(&step, place.tuple())?;
            let state = read_state(self.network, place, [node, half, by, tags], &step)?;
            let relations = read(&step, relations.list())?.iter().map(|r| read(&step, r.integer()));
            let mut relations = relations.collect::<Check<Vec<usize>>>()?;
            relations.sort_unstable();
            if relations.is_empty() || relations.iter().any(|r| *r >= self.relations.len()) {
                return reject(&step, place, "not relations of this proof", "この証明の関係ではありません");
            }
            list.push(Place { state, relations });
        }
        let mut at: HashMap<(Unit, Option<usize>), Vec<usize>> = HashMap::new();
        for (p, place) in list.iter().enumerate() {
            at.entry((place.state.unit, place.state.by)).or_default().push(p);
        }
        let groups = self.groups(openers.iter(), true);
        let sends = Addresses::of(groups.iter().flat_map(|group| group.has.spans()).copied().collect());
        let (seen, behind) = (HashSet::new(), HashMap::new());
        let mut flood = Flood { openers: groups, sends, places: &list, at, seen, behind, step };
        self.emit(&mut flood, openers)?;
        for place in &list {
            for relation in &place.relations {
                self.step_on(&mut flood, &place.state, *relation)?;
            }
        }
        Ok(())
    }

    /// Rule 1.
    fn emit(&self, flood: &mut Flood, openers: &Nodes) -> Check<()> {
        let (network, relied, pull) = (self.network, &self.relied, self.claim.pull);
        // Behind sockets, what leaves without filters send enters alike.
        let mut entering: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
        for node in openers.iter() {
            let unit = network.session_unit(node);
            let links = network.trunks[unit].iter();
            for link in links.chain(network.sockets_of[unit].iter().flat_map(|s| &network.sockets[*s].links)) {
                let Some(other) = network.away(relied, *link, unit, pull) else { continue };
                match socket_of(network, relied, *link) {
                    Some(socket) if !network.forwards(unit) && self.devices.is_plain(unit) => {
                        entering.entry(socket).or_default().push((*link, node));
                    }
                    _ => {
                        for pairs in self.devices.sent(&network.meaning.sends[node]) {
                            for pairs in self.devices.pass(relied, unit, None, Some(*link), &pairs) {
                                self.arrive_with_any_tag(flood, (unit, other), *link, &pairs)?;
                            }
                        }
                    }
                }
            }
        }
        for (socket, links) in entering {
            let unit = network.sockets[socket / 2].unit;
            let all = links.iter().flat_map(|(_, node)| network.meaning.sends[*node].spans()).copied().collect();
            // By no link in particular, or else by each.
            let Some((link, _)) = links.first() else { continue };
            let tags = self.entered(*link, unit);
            let sent = self.devices.sent(&Addresses::of(all));
            if sent.iter().all(|pairs| self.is_held(flood, (unit, None, true), tags, pairs)) {
                continue;
            }
            for (link, node) in &links {
                for pairs in self.devices.sent(&network.meaning.sends[*node]) {
                    self.arrive(flood, (unit, *link, true), tags, &pairs)?;
                }
            }
        }
        Ok(())
    }

    /// The tags with which what bears none yet enters a unit; `None` where it is no switch.
    fn entered(&self, link: usize, unit: Unit) -> Option<&Numbers> {
        let end = self.network.end(link, unit)?;
        self.network.at_switch(unit, self.network.carried(&self.relied, link, end))
    }

    fn arrive_with_any_tag(
        &self,
        flood: &mut Flood,
        (unit, other): (Unit, Unit),
        link: usize,
        pairs: &Pairs,
    ) -> Check<()> {
        if self.network.forwards(other) {
            return self.arrive(flood, (other, link, !self.network.forwards(unit)), self.entered(link, other), pairs);
        }
        for pairs in self.devices.pass(&self.relied, other, Some(link), None, pairs) {
            self.deliver_to(flood, other / 2, &pairs)?;
        }
        Ok(())
    }

    /// Rules 2 and 4, and rule 3 at endpoints that do not forward.
    fn step_on(&self, flood: &mut Flood, State { unit, by, tags }: &State, relation: usize) -> Check<()> {
        let (network, relied, pull) = (self.network, &self.relied, self.claim.pull);
        let pairs = &self.relations[relation];
        let plain = self.devices.is_plain(*unit);
        for link in &network.trunks[*unit] {
            let (Some(end), Some(other)) = (network.end(*link, *unit), network.away(relied, *link, *unit, pull)) else {
                continue;
            };
            let crossed = tags.as_ref().map(|tags| network.crossing(relied, *link, end, tags));
            if let Some((leaving, entering)) = &crossed
                && (*by == Some(*link) || leaving.is_empty() || network.is_switch(other) && entering.is_empty())
            {
                continue;
            }
            let entering = match &crossed {
                Some((_, entering)) => network.at_switch(other, entering),
                None => self.entered(*link, other),
            };
            let at = (other, Some(*link), false);
            if plain && self.has_relation(flood, at, entering, relation) {
                continue;
            }
            for pairs in self.devices.pass(relied, *unit, *by, Some(*link), pairs) {
                self.arrive(flood, (other, *link, false), entering, &pairs)?;
            }
        }
        for s in network.sockets_of[*unit].iter().flat_map(|s| [s * 2, s * 2 + 1]) {
            let links = network.sockets[s / 2].links.iter().copied();
            let Some(link) = links.clone().find(|link| socket_of(network, relied, *link) == Some(s)) else { continue };
            let (Some(end), Some(leaf)) = (network.end(link, *unit), network.away(relied, link, *unit, pull)) else {
                continue;
            };
            let spans = network.carried(relied, link, end).spans();
            if !tags.as_ref().is_none_or(|tags| spans.iter().any(|span| tags.meets(*span))) {
                continue;
            }
            let back = by.filter(|by| tags.is_some() && socket_of(network, relied, *by) == Some(s));
            if plain && !flood.seen.insert((s, back, relation)) {
                continue;
            }
            let receivers = self.behind(flood, s, back);
            if receivers.is_empty() {
                continue;
            }
            for pairs in self.devices.pass(relied, *unit, *by, Some(link), pairs) {
                for pairs in self.devices.pass(relied, leaf, Some(link), None, &pairs) {
                    self.nothing_forbidden(flood, &receivers, &pairs)?;
                }
            }
        }
        let node = unit / 2;
        if network.meaning.document.nodes[node].endpoint && *unit == network.session_unit(node) {
            for pairs in self.devices.pass(relied, *unit, *by, None, pairs) {
                self.deliver_to(flood, node, &pairs)?;
            }
        }
        Ok(())
    }

    /// The targets behind a socket, but for what hangs on one link.
    fn behind(&self, flood: &mut Flood, s: usize, back: Option<usize>) -> Rc<Vec<Group>> {
        let network = self.network;
        let make = || {
            let links = network.sockets[s / 2].links.iter().filter(|link| back != Some(**link));
            let own = links.filter(|link| socket_of(network, &self.relied, **link) == Some(s));
            let leaf = |link: &usize| network.link(*link).ends.map(|(node, _)| node);
            let leaves = own.flat_map(leaf).filter(|node| !network.meaning.document.nodes[*node].forwards);
            let targets: Nodes = leaves.filter(|node| self.claim.targets.has(*node)).collect();
            Rc::new(self.groups(targets.iter(), false))
        };
        flood.behind.entry((s, back)).or_insert_with(make).clone()
    }

    /// Rule 3 at forwarding units.
    fn arrive(
        &self,
        flood: &Flood,
        (unit, link, from_leaf): (Unit, usize, bool),
        tags: Option<&Numbers>,
        pairs: &Pairs,
    ) -> Check<()> {
        if self.is_held(flood, (unit, Some(link), from_leaf), tags, pairs) {
            return Ok(());
        }
        let id = &self.network.meaning.document.nodes[unit / 2].id;
        let en = format!("headers that come by this link to `{id}` are not among those of its places");
        let ja = format!("このリンクから `{id}` に届くヘッダーが、その場所に挙げられていません");
        refuse(&flood.step, Spot::Document(self.network.link(link).at), en, ja)
    }

    /// The places of a unit that count for what comes by a link (`None`: by no link in particular).
    fn places<'f>(&self, flood: &'f Flood, (unit, by, from_leaf): (Unit, Option<usize>, bool)) -> Vec<&'f Place> {
        let by_link = by.and_then(|_| flood.at.get(&(unit, by)));
        let by_none = flood.at.get(&(unit, None)).filter(|_| from_leaf);
        by_link.into_iter().chain(by_none).flatten().map(|p| &flood.places[*p]).collect()
    }

    /// For each tag, the places hold the relation by its number.
    fn has_relation(
        &self,
        flood: &Flood,
        at: (Unit, Option<usize>, bool),
        tags: Option<&Numbers>,
        relation: usize,
    ) -> bool {
        let own = self.places(flood, at).into_iter().filter(|place| place.relations.binary_search(&relation).is_ok());
        match tags {
            None => own.count() > 0,
            Some(tags) => {
                let held = own.flat_map(|place| place.state.tags.iter().flat_map(Numbers::spans)).copied().collect();
                Numbers::of(held).holds_all_of(tags)
            }
        }
    }

    /// For each tag, the places hold all pairs together.
    fn is_held(&self, flood: &Flood, at: (Unit, Option<usize>, bool), tags: Option<&Numbers>, pairs: &Pairs) -> bool {
        let own = self.places(flood, at);
        // Tags that are in the same places together.
        let mut cells: Vec<(Option<Numbers>, Vec<&Place>)> = vec![(tags.cloned(), Vec::new())];
        for place in own {
            cells = cells
                .into_iter()
                .flat_map(|(tags, held)| {
                    let with: Vec<&Place> = held.iter().copied().chain([place]).collect();
                    match (tags, &place.state.tags) {
                        (None, None) => vec![(None, with)],
                        (Some(tags), Some(own)) => vec![(Some(tags.and(own)), with), (Some(tags.minus(own)), held)],
                        (tags, _) => vec![(tags, held)], // tags are for switches alone
                    }
                })
                .filter(|(tags, _)| tags.as_ref().is_none_or(|tags| !tags.is_empty()))
                .collect();
        }
        cells.retain(|(tags, _)| tags.as_ref().is_none_or(|tags| !tags.is_empty()));
        cells.iter().all(|(_, places)| {
            let relations = || places.iter().flat_map(|place| &place.relations).map(|r| &self.relations[*r]);
            relations().any(|relation| holds(relation, pairs)) || {
                let mut rest = self.devices.possible(pairs);
                for relation in relations() {
                    rest = rest.iter().flat_map(|part| minus(part, relation)).collect();
                    if rest.is_empty() || rest.len() > MOST_PARTS {
                        break;
                    }
                }
                rest.is_empty()
            }
        })
    }

    fn deliver_to(&self, flood: &Flood, node: usize, pairs: &Pairs) -> Check<()> {
        if !self.claim.targets.has(node) {
            return Ok(());
        }
        self.nothing_forbidden(flood, &self.groups([node].into_iter(), false), pairs)
    }

    /// Rule 5: among what openers of the flood sent, and came to some of the receivers.
    fn nothing_forbidden(&self, flood: &Flood, receivers: &[Group], pairs: &Pairs) -> Check<()> {
        let received = receivers.iter().flat_map(|group| group.has.spans()).copied().collect();
        let sent = pairs.clone().narrowed(0, SOURCE, &flood.sends);
        let Some(pairs) = sent.and_then(|pairs| pairs.narrowed(1, DESTINATION, &Addresses::of(received))) else {
            return Ok(());
        };
        for from in &flood.openers {
            for to in receivers {
                if let Some([u, v]) = self.forbidden(from, to, &pairs) {
                    let [u, v] = [u, v].map(|n| &self.network.meaning.document.nodes[n]);
                    let en = format!("the flood does not exclude a forbidden session from `{}` to `{}`", u.id, v.id);
                    let ja = format!("`{}` から `{}` への禁じられたセッションを排除できません", u.id, v.id);
                    return refuse(&flood.step, Spot::Document(v.at), en, ja);
                }
            }
        }
        Ok(())
    }

    /// Some session between two nodes of these groups that is forbidden.
    fn forbidden(&self, from: &Group, to: &Group, pairs: &Pairs) -> Option<[usize; 2]> {
        let (u, v) = (*from.nodes.first()?, *to.nodes.first()?);
        let meaning = self.network.meaning;
        let some = pairs.clone().narrowed(0, SOURCE, &from.has)?.narrowed(1, DESTINATION, &to.has)?;
        if !self.forbids(&some, u, v) {
            return None;
        }
        // One node may be on both sides, and opens no session to itself.
        let both: Vec<usize> = from.nodes.iter().copied().filter(|node| to.nodes.contains(node)).collect();
        if both.is_empty() {
            return Some([u, v]);
        }
        let group = |nodes: Vec<usize>, opens: bool| {
            let sets = if opens { &meaning.sends } else { &meaning.receives };
            let has = Addresses::of(nodes.iter().flat_map(|n| sets[*n].spans()).copied().collect());
            Group { nodes, has }
        };
        let but = |nodes: &[usize], left_out: &[usize]| {
            nodes.iter().copied().filter(|node| !left_out.contains(node)).collect::<Vec<_>>()
        };
        let alone = both
            .iter()
            .find_map(|node| self.forbidden(&group(vec![*node], true), &group(but(&to.nodes, &[*node]), false), pairs));
        alone.or_else(|| self.forbidden(&group(but(&from.nodes, &both), true), to, pairs))
    }

    /// Some of the pairs make a forbidden session of the two nodes.
    fn forbids(&self, pairs: &Pairs, u: usize, v: usize) -> bool {
        let meaning = self.network.meaning;
        let document = meaning.document;
        match &self.claim.forbids {
            Forbids::Cover(exception, apart) => {
                (apart.has(u) || apart.has(v)) && self.covered(exception, pairs, u, v).is_some()
            }
            Forbids::Flow(flow) => {
                let (x, y) = if self.claim.pull { (v, u) } else { (u, v) };
                let (states, roles) = (flow.states(meaning, x), flow.roles(meaning, y));
                let station = |stand: &Stand| stand.station.map(|s| &meaning.stations[s]);
                // Each end looks at its own header: the opener at the destination sent, the receiver at the source now.
                let asks = |pairs: Pairs, node: usize, peer: usize, of: Option<&Station>, gives: bool| {
                    let Some(s) = of else { return Some(pairs) };
                    let (selector, named, service): (&Selector, &Addresses, _) = if gives {
                        (&s.to, &s.to_addresses, &s.to_service)
                    } else {
                        (&s.from, &s.from_addresses, &s.from_service)
                    };
                    let (stage, line) = if node == u { (0, DESTINATION) } else { (1, SOURCE) };
                    let pairs = pairs.narrowed(stage, SERVICE, &on_line(&service.set))?;
                    if document.is_one_of(selector, peer) { Some(pairs) } else { pairs.narrowed(stage, line, named) }
                };
                states.iter().any(|state| {
                    roles.iter().any(|role| {
                        let given = asks(pairs.clone(), x, y, station(state), true);
                        let mut carried = given.and_then(|pairs| asks(pairs, y, x, station(role), false));
                        if let (None, Some(last)) = (role.station, flow.asks.last) {
                            // As the receiver of the packets sees it, whichever way data goes.
                            carried = carried.and_then(|pairs| pairs.narrowed(1, SERVICE, &on_line(&last.set)));
                        }
                        let Some(carried) = carried else { return false };
                        let mut rest = vec![carried];
                        if state.level == 0 && role.level == 0 {
                            for exception in flow.asks.waivers.iter().map(|e| &document.exceptions[*e]) {
                                rest = rest.iter().flat_map(|part| self.uncovered(exception, part, u, v)).collect();
                            }
                        }
                        !rest.is_empty()
                    })
                })
            }
        }
    }

    /// What of the pairs an exception covers is seen here: the source as sent, the destination and the service as they are.
    fn cover(&self, exception: &Exception, pairs: &Pairs, u: usize, v: usize) -> [Rc<Addresses>; 4] {
        let meaning = self.network.meaning;
        let from = meaning.excepted(&exception.from, u, &pairs.at[0][SOURCE]);
        let to = meaning.excepted(&exception.to, v, &pairs.at[1][DESTINATION]);
        let all = Rc::new(Addresses::of(vec![(START, END)]));
        [Rc::new(from), Rc::new(to), on_line(&exception.service.set), all]
    }

    fn covered(&self, exception: &Exception, pairs: &Pairs, u: usize, v: usize) -> Option<Pairs> {
        pairs.within([0, 1, 1, 1], &self.cover(exception, pairs, u, v))
    }

    fn uncovered(&self, exception: &Exception, pairs: &Pairs, u: usize, v: usize) -> Vec<Pairs> {
        pairs.outside([0, 1, 1, 1], &self.cover(exception, pairs, u, v))
    }

    /// Nodes with all that `forbids` can see of them, those that look alike together.
    fn groups(&self, nodes: impl Iterator<Item = usize>, opens: bool) -> Vec<Group> {
        let meaning = self.network.meaning;
        let sets = if opens { &meaning.sends } else { &meaning.receives };
        let side = |exception: &'t Exception| if opens { &exception.from } else { &exception.to };
        let mut groups: BTreeMap<(Vec<usize>, Vec<bool>, Option<usize>), Vec<usize>> = BTreeMap::new();
        for node in nodes {
            let (mut stands, mut matched) = (Vec::new(), Vec::new());
            // A node that an exception names by an address is looked at alone.
            let mut alone = false;
            let mut of_exception = |exception: &'t Exception, matched: &mut Vec<bool>| {
                let is = meaning.document.is_one_of(side(exception), node);
                alone |= !is && meaning.may_be_excepted(side(exception), node);
                matched.push(is);
            };
            match &self.claim.forbids {
                Forbids::Cover(exception, apart) => {
                    matched.push(apart.has(node));
                    of_exception(exception, &mut matched);
                }
                Forbids::Flow(flow) => {
                    let gives = opens != self.claim.pull;
                    let own = if gives { flow.states(meaning, node) } else { flow.roles(meaning, node) };
                    for Stand { station, level } in own {
                        // What passes everything asks for nothing, as a start or an end; but an end may ask for services.
                        let is_end = station.is_none() && !gives && flow.asks.last.is_some();
                        let declared = station.filter(|s| meaning.stations[*s].entry.is_some());
                        stands.extend([declared.map_or(if is_end { usize::MAX } else { 0 }, |s| s + 1), level]);
                    }
                    let asked = meaning.stations.iter().filter(|station| station.entry.is_some());
                    let asked = asked.map(|station| if gives { &station.from } else { &station.to });
                    matched.extend(asked.map(|selector| meaning.document.is_one_of(selector, node)));
                    let exceptions = &self.network.meaning.document.exceptions;
                    flow.asks.waivers.iter().for_each(|e| of_exception(&exceptions[*e], &mut matched));
                }
            }
            groups.entry((stands, matched, alone.then_some(node))).or_default().push(node);
        }
        let group = |nodes: Vec<usize>| {
            let has = Addresses::of(nodes.iter().flat_map(|node| sets[*node].spans()).copied().collect());
            Group { nodes, has }
        };
        groups.into_values().map(group).collect()
    }
}
