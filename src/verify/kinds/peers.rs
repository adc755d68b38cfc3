//! Findings of the peers of exceptions: those that are exposed themselves, and those that have a raw path.

use super::exceptions::exception_at;
use super::{finding, grouped, several};
use crate::engine::PeerOutcome;
use crate::report::{Fault, Finding};
use crate::session::Element;
use crate::verify::cause::{self, Candidate};
use crate::verify::finding::{self as findings, Finder, in_order, of_blame, shortest};
use crate::verify::trace::Broken;
use crate::verify::trial::is_first;
use crate::verify::weigh::{Blame, Found, Group, Problem, weigh};

/// Findings of some peers of exceptions, by exception and node: those that are exposed themselves, then those that have a raw path.
///
/// # Errors
/// When a witness does not stand up to its replay.
pub fn of_peers(
    finder: Finder<'_, '_, '_, '_, '_>,
    requirement: &str,
    peers: &PeerOutcome,
    tuples: &[(u32, u32)],
) -> Result<Vec<Finding>, Broken> {
    let Finder { tracer, show, trials } = finder;
    let PeerOutcome { paths, .. } = peers;
    let claim = paths.claim(None);
    let limit = findings::budget(tracer);
    let position = |node: u32| {
        let class = paths.network.classes.of_node[node as usize]?;
        let a = paths.a.binary_search(&class).ok()?;
        let b = *paths.answer.violating.row(a).first()? as usize;
        Some((a, b))
    };
    let by_position = grouped(tuples.iter().map(|&(exception, node)| ((exception, position(node)), node)));
    let (mut exposed, mut rest) = (Vec::new(), Vec::new());
    let (mut groups, mut witnesses) = (Vec::new(), Vec::new());
    for (number, ((exception, position), nodes)) in by_position.into_iter().enumerate() {
        let Some((a, b)) = position else {
            exposed.push((exception, nodes));
            continue;
        };
        if number >= limit {
            rest.extend(nodes.into_iter().map(|node| (exception, node)));
            continue;
        }
        let replayed = tracer.witness(paths, a, b, claim)?;
        let from_first = is_first(paths, replayed.witness.nodes[0], a);
        let mut candidates = cause::candidates(tracer.model(), tracer.adjacency(), &replayed.witness, from_first);
        // What exceptions cover exposes a peer as well: narrowing a rule to it mends nothing.
        candidates.iter_mut().for_each(|candidate| candidate.narrows = false);
        let element = Element::Exception(exception);
        candidates.push(Candidate { element, distance: 0, session: 0, price: 1, access: false, narrows: false });
        let units = nodes.iter().map(|&node| ((exception, trials.key(node)), 1)).collect();
        groups.push(Group { candidates, units });
        witnesses.push(Some(replayed));
    }
    let id = |exception: u32| show.model.document.exceptions[exception as usize].id.to_string();
    let mut out = Vec::new();
    for (exception, nodes) in exposed {
        let (first, name) = (show.id(nodes[0]), id(exception));
        let fault = Fault::Exposed { exception: name.clone(), peers: several(first, nodes.len()) };
        let cause = vec!["exposed".to_owned(), name.clone()];
        out.push(finding(cause, fault, nodes.len(), vec![name, first.to_owned()], exception_at(show, exception)));
    }
    let problem = Problem { requirement: trials.requirement(requirement), claim, tuples: tuples.len() as u64, groups };
    let Found { blames, .. } = weigh(trials, &problem);
    let mut traced: Vec<(Blame, Finding)> = Vec::new();
    for blame in blames {
        let group = shortest(&blame, &problem, &witnesses).map_or_else(|(group, _)| group, |(group, _)| group);
        let Some(replayed) = witnesses[group].as_ref() else { continue };
        let mut found = of_blame(finder, &blame, &problem.groups[group], replayed);
        let names: Vec<String> = names_of(&blame, &problem).into_iter().map(id).collect();
        found.cause.splice(0..0, names.iter().cloned());
        found.fault = Fault::Peer { exceptions: names, leak: Box::new(found.fault) };
        traced.push((blame, found));
    }
    out.extend(in_order(traced));
    if let Some(&(exception, node)) = rest.first() {
        let path = vec![id(exception), show.id(node).to_owned()];
        let cause = vec!["untraced".to_owned()];
        let fault = Fault::UntracedPeers { limit: limit as u64 };
        out.push(finding(cause, fault, rest.len(), path, exception_at(show, exception)));
    }
    Ok(out)
}

/// The exceptions whose peers a blame is of, each once.
fn names_of(blame: &Blame, problem: &Problem<'_>) -> Vec<u32> {
    let mut names: Vec<u32> = blame.parts.iter().map(|part| problem.groups[part.group].units[part.unit].0.0).collect();
    names.sort_unstable();
    names.dedup();
    names
}
