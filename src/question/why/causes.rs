//! What lets data through, of all ways together: the fewest passages that must be shut before data gets there no longer. Ways are collected;
//! a smallest set with a passage of each is shut; whether data still gets there is searched again (decision 0032).

use crate::model::LinkId;
use std::collections::{BTreeMap, BTreeSet};

use crate::document::Kind;
use crate::engine::Limits;
use crate::engine::obstacle::{Asked, Passage, Searcher};
use crate::engine::replay::Replay;
use crate::engine::route::Adjacency;
use crate::engine::trace::{Half, Hop, Means, PassTrace, SessionTrace, Way, Witness};
use crate::question::hitting::{Demands, cheapest};
use crate::report::why::{Cause, Causes, Lets};
use crate::session::Element;
use crate::verify::show::Show;
use crate::verify::trace::Broken;
use crate::verify::why::free;

/// So many ways are collected before the search is given up.
const WAYS: usize = 200;

/// What lets data through; there is a way.
///
/// # Errors
/// When a way does not stand up to its replay.
pub fn causes(
    show: Show<'_, '_, '_>,
    (adjacency, replay): (&Adjacency<'_, '_>, &Replay<'_, '_>),
    searcher: &mut Searcher<'_, '_, '_>,
    asked: Asked<'_>,
    limits: Limits,
) -> Result<Causes, Broken> {
    let (mut all, mut numbers) = (Vec::new(), BTreeMap::new());
    let (mut demands, mut set) = (Demands::default(), Vec::new());
    for _ in 0..WAYS {
        let shut: BTreeSet<Passage> = set.iter().map(|&at: &usize| all[at]).collect();
        let found = match searcher.free(asked, &shut) {
            Ok(Some(found)) => found,
            Ok(None) => return Ok(Causes::Least(shut.iter().map(|one| fact(show, *one)).collect())),
            Err(_) => break,
        };
        let own = passages(adjacency, &free(adjacency, replay, &found, asked)?);
        if own.is_empty() {
            return Ok(Causes::Links);
        }
        if let Some(taken) = own.intersection(&shut).next() {
            return Err(Broken(format!("a way takes {taken:?}, which is shut")));
        }
        let number = |passage: Passage| {
            *numbers.entry(passage).or_insert_with(|| {
                all.push(passage);
                all.len() - 1
            })
        };
        demands.one_of.push(own.into_iter().map(number).collect());
        match cheapest(&vec![1; all.len()], &demands, set.len() as u64, limits) {
            Ok(Some(least)) => set = least,
            Ok(None) | Err(_) => break,
        }
    }
    Ok(Causes::AtLeast(set.len().max(1)))
}

/// What a way takes that could be shut, each of which alone breaks it; the link without which an endpoint has nothing at all is none of them.
fn passages(adjacency: &Adjacency<'_, '_>, witness: &Witness) -> BTreeSet<Passage> {
    let mut out = BTreeSet::new();
    for (pass, &node) in witness.passes.iter().zip(&witness.nodes[1..]) {
        out.insert(match *pass {
            PassTrace::Undeclared => Passage::Undeclared { node },
            PassTrace::Entry { entry, .. } => Passage::Entry { node, entry },
        });
    }
    for SessionTrace { means, hops, .. } in &witness.sessions {
        if let Means::Transfer(transfer) = *means {
            out.insert(Passage::Transfer(transfer));
        }
        for (at, hop) in hops.iter().enumerate() {
            let node = hop.node;
            out.extend(hop.deciders.iter().map(|decider| match (decider.filter, decider.rule) {
                (filter, Some(rule)) => Passage::Rule { node, filter, rule },
                (filter, None) => Passage::Default { node, filter },
            }));
            match (hop.way, hops.get(at + 1)) {
                (Some(Way::L3Link(Some(vlan))), _) => drop(out.insert(Passage::RoutedVlan { node, vlan })),
                (Some(Way::Link { link, backward }), Some(next)) => {
                    linked(adjacency, (link, backward), [hop, next], &mut out);
                }
                _ => {}
            }
        }
    }
    out
}

/// What may be shut of a link between two hops.
fn linked(
    adjacency: &Adjacency<'_, '_>,
    (link, backward): (LinkId, bool),
    hops: [&Hop; 2],
    out: &mut BTreeSet<Passage>,
) {
    let model = adjacency.model();
    let forwards = |node: u32| model.labels.forwards[node as usize];
    let alone = |node: &u32| !forwards(*node) && adjacency.links_of(*node).nth(1).is_none();
    if !model.names.links[link.index()].iter().any(alone) {
        out.insert(Passage::Link(link));
    }
    let tagged = |hop: &Hop| {
        let switch = hop.half == Half::Switch
            || model.document.nodes[hop.node as usize].kind == Kind::Switch && forwards(hop.node);
        hop.tag.filter(|_| switch)
    };
    let near = usize::from(backward);
    for (end, tag) in [(near, tagged(hops[0])), (1 - near, tagged(hops[1]))] {
        let Some(vlan) = tag.filter(|&tag| adjacency.is_named(tag)) else { continue };
        // One VLAN alone is the link itself.
        if adjacency.tags().iter().filter(|&&tag| adjacency.carries(link, end, tag)).nth(1).is_some() {
            out.insert(Passage::Vlan { link, vlan });
        }
    }
}

fn fact(show: Show<'_, '_, '_>, passage: Passage) -> Cause {
    let id = |node: u32| show.id(node).to_owned();
    let (lets, location) = match passage {
        Passage::Rule { node, filter, rule } => {
            let filter_name = show.filter_name(node, filter);
            let lets = Lets::Rule { node: id(node), filter: filter_name, rule: show.rule(node, filter, rule) };
            (lets, show.rule_at(node, filter, Some(rule)))
        }
        Passage::Transfer(transfer) => {
            let id = show.model.document.transfers[transfer as usize].id.to_string();
            (Lets::Transfer { id }, show.transfer_at(transfer))
        }
        Passage::Entry { node, entry } => {
            let location = show.element_at(&Element::RelayEntry { node, entry });
            (Lets::Entry { node: id(node), entry: u64::from(entry) + 1 }, location)
        }
        Passage::Undeclared { node } => (Lets::Undeclared { node: id(node) }, show.node_at(node)),
        Passage::Default { node, filter } => {
            let lets = Lets::Default { node: id(node), filter: show.filter_name(node, filter) };
            (lets, show.rule_at(node, filter, None))
        }
        Passage::Vlan { link, vlan } => (Lets::Vlan { link: show.link(link), vlan }, show.link_at(link)),
        Passage::RoutedVlan { node, vlan } => (Lets::RoutedVlan { node: id(node), vlan }, show.node_at(node)),
        Passage::Link(link) => (Lets::Link { link: show.link(link) }, show.link_at(link)),
    };
    Cause { lets, location }
}
