//! What a proved path requirement rests on, taken from the proof itself: it is proved again as for a certificate, and the
//! filters, routes and links that the proof relies on are told of. Nothing is named that no proof used.

mod joined;

use crate::model::LinkId;
use std::collections::{BTreeMap, BTreeSet};

use super::show::Show;
use crate::document::{Action, Kind, SelectorItem, Spanned, Transfer};
use crate::engine::{Limits, MethodSet, PathEngine, PathOutcome, ProveError, Prover, Relied, ZoneMap, selects_node};
use crate::network::ClassId;
use crate::policy::Asked;
use crate::report::note::{Names, Note, Separation};
use crate::source::Location;
use crate::topology::{L3Links, L3Switch};
use joined::Joined;

/// Notes of one kind before the rest is only counted.
const SHOWN: usize = 10;
/// Names in one sentence.
const NAMES: usize = 4;
/// Nodes and links of a document whose proofs are made for a report. Larger ones take seconds.
const LARGEST: usize = 50_000;
/// Cells of a proof that is made for a report: fewer where each takes longer.
const CELLS: u64 = 50_000;

/// What was found of a requirement.
pub struct Basis {
    /// What separates.
    pub notes: Vec<Note<Separation>>,
    /// Whether what was decided could not be proved: a defect.
    pub unproved: bool,
    /// The nodes whose routes the proof relies on; `None`: not worked out.
    pub routes: Option<BTreeSet<u32>>,
}

/// What separates the sides of a proved requirement.
pub fn of(show: Show<'_, '_, '_>, limits: Limits, paths: &PathOutcome, id: &str, asked: &Asked) -> Basis {
    let model = show.model;
    let size = model.document.nodes.len() + model.document.links.len();
    if size > LARGEST {
        return said(Separation::TooLarge(LARGEST as u64));
    }
    let sanitised_by = paths.terms().sanitised_by;
    let joined = Joined::new(model, &paths.without, sanitised_by);
    let [a, b] = [&paths.a, &paths.b].map(|side| members(paths, side));
    let through = |nodes| Separation::Through { nodes, tag: only_tag(asked).map(str::to_owned) };
    let tagged = group(show, &joined.tagged_between(&a, &b), through);
    let carried = sanitised_transfers(show, sanitised_by, [&a, &b]);
    if !joined.join(&a, &b) {
        // No link or transfer leads from one side to the other, whatever filters and relays say.
        let apart = tagged.unwrap_or_else(|| Note::general(Separation::Unconnected));
        return Basis { notes: [vec![apart], carried].concat(), unproved: false, routes: Some(BTreeSet::new()) };
    }
    // A number of steps, not a time: what is said does not depend on the machine.
    let cells = CELLS.min(400_000_000 / (1 + size as u64));
    let limits = Limits { cells: Some(cells), ..limits };
    let (relied, relays) = match proved(show, limits, paths, id) {
        Ok(found) => found,
        Err(ProveError::Limit) => return said(Separation::TooLong),
        Err(ProveError::FalseClaim) => return Basis { unproved: true, ..said(Separation::Unproved) },
    };
    let mut notes = Noted(&relied, paths.network.topology().l3_links()).notes(show);
    notes.extend(tagged);
    notes.extend(relaying(show, &relays, sanitised_by));
    notes.extend(carried);
    if notes.is_empty() {
        notes.push(Note::general(Separation::NothingPasses));
    }
    Basis { notes, unproved: false, routes: Some(relied.routes) }
}

/// The tag of the nodes that are taken out, where nothing else tells them from others.
fn only_tag(asked: &Asked) -> Option<&str> {
    match asked.without()? {
        [one] => one.only_tag(),
        _ => None,
    }
}

fn said(fact: Separation) -> Basis {
    Basis { notes: vec![Note::general(fact)], unproved: false, routes: None }
}

/// That exceptions excuse what crosses.
pub fn excepted(location: Location, exceptions: &[String]) -> Note<Separation> {
    Note::at(location, Separation::Excepted(names(exceptions.iter().cloned(), exceptions.len())))
}

/// That the transfers between the two sides sanitise what they carry.
fn sanitised_transfers(show: Show<'_, '_, '_>, sanitised_by: MethodSet, sides: [&[u32]; 2]) -> Vec<Note<Separation>> {
    let model = show.model;
    let selects = |items: &[Spanned<SelectorItem<'_>>], side: usize| {
        sides[side].iter().any(|&node| selects_node(model, items, node))
    };
    let crosses = |one: &Transfer<'_>| (0..2).any(|side| selects(&one.from, side) && selects(&one.to, 1 - side));
    let transfers = (0_u32..).zip(&model.document.transfers);
    let between: Vec<u32> =
        transfers.filter(|(_, one)| sanitised_by.holds(one.sanitise) && crosses(one)).map(|(at, _)| at).collect();
    let Some(&first) = between.first() else { return Vec::new() };
    let transfers = names(between.iter().map(|&at| show.transfer(at).to_owned()), between.len());
    vec![Note::at(show.transfer_at(first), Separation::SanitisedTransfers(transfers))]
}

fn members(paths: &PathOutcome, side: &[ClassId]) -> Vec<u32> {
    side.iter().flat_map(|&class| &paths.network.classes.get(class).members).copied().collect()
}

/// Proves the requirement, and finds the nodes whose declared relays alone keep the sides apart.
fn proved(
    show: Show<'_, '_, '_>,
    limits: Limits,
    paths: &PathOutcome,
    id: &str,
) -> Result<(Relied, Vec<u32>), ProveError> {
    let model = show.model;
    let without = |node: u32| paths.without.binary_search(&node).is_ok();
    let mut prover = Prover::new(model, &paths.network, &without, limits);
    let mut coverage = prover.coverage(|index| model.exceptions[index].waives.contains(&id));
    let sides = ZoneMap { a: &paths.a, b: &paths.b };
    let relied = prover.relied(&sides, &paths.answer, &mut coverage)?;
    let mut engine = PathEngine::new(model, &paths.network, limits);
    let between = engine.between(&paths.a, &paths.b, paths.terms().sanitised_by)?;
    Ok((relied, members(paths, &between)))
}

/// The notes on what a proof relies on.
struct Noted<'r>(&'r Relied, &'r L3Links);

impl Noted<'_> {
    fn notes(&self, show: Show<'_, '_, '_>) -> Vec<Note<Separation>> {
        let mut out = Vec::new();
        let kind = |node: u32| show.model.document.nodes[node as usize].kind;
        let mut filters: Vec<_> = self.0.filters.iter().collect();
        filters.sort_by_key(|((node, _), _)| kind(*node) != Kind::Firewall);
        let of_filter = |((node, filter), (default, rules)): &(&(u32, u32), &(bool, BTreeSet<u32>))| {
            filter_note(show, *node, *filter, *default, rules)
        };
        out.extend(filters.iter().take(SHOWN).map(of_filter));
        more(filters.len(), &mut out);
        let routes = self.0.routes.iter().take(SHOWN).map(|&node| {
            let id = show.id(node);
            let details = show.model.document.nodes[node as usize].details.as_deref();
            let first = details.and_then(|details| details.routes.as_deref()).and_then(<[_]>::first);
            let location = first.map(|route| show.places.locate(route.to.span));
            Note { node: Some(id.to_owned()), location, fact: Separation::Routes { node: id.to_owned() } }
        });
        out.extend(routes);
        more(self.0.routes.len(), &mut out);
        self.links(show, &mut out);
        out
    }

    fn links(&self, show: Show<'_, '_, '_>, out: &mut Vec<Note<Separation>>) {
        let document = show.model.document;
        let count = self.1.first();
        // Those that carry the same VLANs in one sentence.
        let mut by_vlans: BTreeMap<String, Vec<LinkId>> = BTreeMap::new();
        let (mut one_way, mut uneven): (Vec<LinkId>, Vec<LinkId>) = Default::default();
        for &link in self.0.links.range(..count) {
            let value = &document.links[link.index()];
            if value.one_way() {
                one_way.push(link);
            } else if let Some(vlans) = value.vlans_of_both() {
                by_vlans.entry(ranges(vlans)).or_default().push(link);
            } else if value.is_uneven() {
                uneven.push(link);
            }
        }
        let mut groups: Vec<_> = by_vlans.into_iter().collect();
        groups.sort_by_key(|(vlans, links)| (std::cmp::Reverse(links.len()), vlans.clone()));
        for (vlans, links) in groups.iter().take(SHOWN) {
            let first = show.link_at(links[0]);
            let links = names(links.iter().map(|&link| show.link(link)), links.len());
            out.push(Note::at(first, Separation::Vlans { vlans: vlans.clone(), links }));
        }
        more(groups.len(), out);
        let uneven_link =
            |&link: &LinkId| Note::at(show.link_at(link), Separation::UnevenLink { link: show.link(link) });
        out.extend(uneven.iter().take(SHOWN).map(uneven_link));
        more(uneven.len(), out);
        let one_way_link =
            |&link: &LinkId| Note::at(show.link_at(link), Separation::OneWayLink { link: show.link(link) });
        out.extend(one_way.iter().take(SHOWN).map(one_way_link));
        more(one_way.len(), out);
        if self.0.links.range(count..).next().is_some() {
            self.l3_links(show, out);
        }
    }

    /// The links between the halves of l3-switches.
    fn l3_links(&self, show: Show<'_, '_, '_>, out: &mut Vec<Note<Separation>>) {
        let relied = |switch: &&L3Switch| switch.links().any(|(link, _)| self.0.links.contains(&link));
        let vlans = |switch: &L3Switch| switch.vlans().iter().map(|&vlan| (vlan, vlan)).collect();
        let routing: Vec<(u32, Vec<(u16, u16)>)> =
            self.1.switches().iter().filter(relied).map(|switch| (switch.node(), vlans(switch))).collect();
        for (node, vlans) in routing.iter().take(SHOWN) {
            let id = show.id(*node);
            let fact = Separation::RoutedVlans { node: id.to_owned(), vlans: ranges(vlans) };
            out.push(Note::of(id, show.node_at(*node), fact));
        }
        more(routing.len(), out);
    }
}

fn more(count: usize, out: &mut Vec<Note<Separation>>) {
    let more = count.saturating_sub(SHOWN) as u64;
    out.extend((more > 0).then(|| Note::general(Separation::More(more))));
}

/// `10, 20-29`
fn ranges(vlans: &[(u16, u16)]) -> String {
    let word = |&(low, high): &(u16, u16)| if low == high { low.to_string() } else { format!("{low}-{high}") };
    let shown: Vec<String> = vlans.iter().take(NAMES).map(word).collect();
    format!("{}{}", shown.join(", "), if vlans.len() > NAMES { ", …" } else { "" })
}

fn filter_note(
    show: Show<'_, '_, '_>,
    node: u32,
    filter: u32,
    default: bool,
    rules: &BTreeSet<u32>,
) -> Note<Separation> {
    let found = show.filter(node, filter);
    let details = show.model.document.nodes[node as usize].details.as_deref();
    let several = details.and_then(|details| details.filters.as_deref()).is_some_and(|filters| filters.len() > 1);
    let name = found.and_then(|filter| filter.name.as_deref()).map(str::to_owned);
    let rule = if default { None } else { rules.first().copied() };
    assert!(rule.is_none_or(|rule| {
        found.and_then(|filter| filter.rules.get(rule as usize)).is_none_or(|rule| rule.action == Action::Deny)
    }));
    let fact = Separation::Filter {
        node: show.id(node).to_owned(),
        number: (several && name.is_none()).then(|| u64::from(filter) + 1),
        name,
        default_deny: default.then(|| found.map_or(0, |filter| filter.rules.len() as u64)),
        denied_by: names(rules.iter().map(|&rule| show.rule(node, filter, rule)), rules.len()),
    };
    Note::of(show.id(node), show.rule_at(node, filter, rule), fact)
}

/// The first names of `count`.
fn names(all: impl Iterator<Item = String>, count: usize) -> Names {
    Names { shown: all.take(NAMES).collect(), count: count as u64 }
}

fn group(show: Show<'_, '_, '_>, nodes: &[u32], fact: impl Fn(Names) -> Separation) -> Option<Note<Separation>> {
    let first = *nodes.first()?;
    let names = names(nodes.iter().map(|&node| show.id(node).to_owned()), nodes.len());
    Some(Note::at(show.node_at(first), fact(names)))
}

/// The nodes that stand between the sides and pass on only what they say, those that sanitise first.
fn relaying(show: Show<'_, '_, '_>, relays: &[u32], sanitised_by: MethodSet) -> Vec<Note<Separation>> {
    let sanitises = |node: &&u32| {
        let relays = show.model.document.nodes[**node as usize].relays();
        relays.into_iter().flatten().any(|relay| sanitised_by.holds(relay.sanitise))
    };
    let (mut sanitising, mut others): (Vec<u32>, Vec<u32>) = relays.iter().partition(sanitises);
    sanitising.sort_unstable();
    others.sort_unstable();
    let sanitised = group(show, &sanitising, Separation::Sanitised);
    sanitised.into_iter().chain(group(show, &others, Separation::Relays)).collect()
}
